"""The scoring script of an online endpoint of Azure Machine Learning: ``init`` once, ``run`` for each request.

The model is the one inside regression-model or, if one is registered with the deployment, the one in the folder that
AZUREML_MODEL_DIR names. A request is JSON::

    {"data": [{"LotArea": 8450, "OverallQual": 7}]}        rows as objects, in any order of the fields
    {"data": [[8450, 7]]}                                  rows as arrays, in the order of the model's features

or ``data`` itself. The answer has predictions, always as many as rows; the model's version; and, by the number of a row
that was refused, its errors. What is no such request is answered with ``{"error": {"code", "message"}}``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from regression_model import Artifact

MAX_BYTES = 10_000_000

_loaded: dict[str, Artifact] = {}


class RequestError(Exception):
    """The request is none; the message says what was expected and what came."""


def init() -> None:
    """Load the model and have it predict its golden rows again; the deployment fails if it can't."""
    from regression_model import load_artifact

    folder = os.environ.get("AZUREML_MODEL_DIR")  # how the platform tells
    _loaded["model"] = load_artifact(_find_manifest(Path(folder)) if folder else None)


def run(raw_data: str | bytes) -> dict[str, Any]:
    """Predict the rows of one request.

    Parameters
    ----------
    raw_data : str or bytes
        The body of the request.

    Returns
    -------
    dict
        ``predictions``, ``version`` and ``errors``, with ``probabilities`` and ``classes`` for a classification; or
        ``error``.
    """
    from regression_model import make_prediction

    model = _loaded["model"]
    try:
        rows = read_rows(raw_data, model.schema.names)
    except RequestError as error:
        return {"error": {"code": "invalid_document", "message": str(error)}}
    answer = make_prediction(input_data=rows, artifact=model)
    return answer | {"errors": {str(index): errors for index, errors in answer["errors"].items()}}


def read_rows(raw_data: str | bytes, names: list[str]) -> list[Any]:
    """Read the rows of a request; arrays become objects.

    Parameters
    ----------
    raw_data : str or bytes
    names : list of str
        Features of the model, in order.

    Raises
    ------
    RequestError
        If it is no strict JSON, has no rows, or an array has another length than there are features.
    """
    if len(raw_data) > MAX_BYTES:
        raise RequestError(f"expected {MAX_BYTES} bytes at most, found {len(raw_data)}; send fewer rows at once")
    try:
        document = json.loads(raw_data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"expected JSON, found something else: {error}") from None
    rows = document.get("data") if isinstance(document, dict) else document
    if not isinstance(rows, list) or not rows:
        raise RequestError('expected {"data": [row, ...]} with one row or more, each an object or an array')
    return [_name_values(row, names, index) if isinstance(row, list) else row for index, row in enumerate(rows)]


def _name_values(row: list[Any], names: list[str], index: int) -> dict[str, Any]:
    if len(row) != len(names):
        raise RequestError(
            f"row {index} is an array of {len(row)} values, and the model has {len(names)} features: {', '.join(names)}"
        )
    return dict(zip(names, row, strict=True))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not in JSON")


def _find_manifest(folder: Path) -> Path:
    """Find the one manifest below the folder: the platform puts what was registered into one more folder, or two."""
    found = sorted(folder.rglob("*.manifest.json"))
    if len(found) != 1:
        raise FileNotFoundError(f"expected one model (*.manifest.json) below {folder}, found {len(found)}")
    return found[0]
