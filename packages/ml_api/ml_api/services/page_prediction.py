"""Predicts the one row of a page, with its explanation if there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml_api.errors import NotExplainableError
from ml_api.services.prediction import RequestFacts, predict_rows

if TYPE_CHECKING:
    from regression_model import Artifact


def predict_for_page(artifact: Artifact, row: Mapping[str, Any], facts: RequestFacts) -> dict[str, Any]:
    """Predict one row; explain it too, unless the model can't be explained.

    Parameters
    ----------
    artifact : Artifact
        The model.
    row : mapping
        As it came, unchecked.
    facts : RequestFacts
        For the logs, and for the ids in the answer.

    Returns
    -------
    dict
        See `predict_rows`; without ``explanations`` if the model has none.

    Raises
    ------
    NoValidRowsError
        If the row can't be predicted.
    """
    try:
        return predict_rows(artifact, [row], facts, explain=True)
    except NotExplainableError:
        return predict_rows(artifact, [row], facts)
