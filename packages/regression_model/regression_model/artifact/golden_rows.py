"""Golden rows: a model that is loaded has to repeat the predictions that were recorded when it was saved."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from regression_model.errors import ArtifactIntegrityError

if TYPE_CHECKING:
    from regression_model.compiled import CompiledPipeline

GOLDEN_TOLERANCE = 1e-9
"""Relative difference up to which golden rows agree: sums in another order (another CPU) stay far below it."""


def check_compiled(compiled: CompiledPipeline, golden: Mapping[str, Any]) -> None:
    """Check that the compiled form repeats the golden rows, together as well as each by itself.

    One row takes another way than several do.

    Parameters
    ----------
    compiled : CompiledPipeline
    golden : mapping
        ``rows``, ``predictions`` and ``probabilities`` of the manifest.

    Raises
    ------
    ArtifactIntegrityError
        If it does not.
    """
    rows = golden["rows"]
    answer = compiled.predict_rows(rows)
    check_errors(answer["errors"])
    check_answers(answer["predictions"], answer.get("probabilities"), golden)
    alone = [compiled.predict_row(row) for row in rows]
    for found in alone:
        check_errors(found["errors"])
    shares = [share for found in alone for share in found.get("probabilities") or ()]
    check_answers([found["predictions"][0] for found in alone], shares, golden)


def check_errors(errors: Mapping[int, Any]) -> None:
    """Refuse a model whose golden rows have errors; see `check_compiled`."""
    if errors:
        raise ArtifactIntegrityError("the golden rows do not pass the model's own schema; train the model again")


def check_answers(
    predictions: Sequence[Any], probabilities: Sequence[Sequence[float]] | None, golden: Mapping[str, Any]
) -> None:
    """Refuse a model whose answers are not those of the golden rows; see `check_compiled`."""
    expected, shares = golden["predictions"], golden["probabilities"]
    same = (
        _are_close(predictions, expected)
        if shares is None
        else list(predictions) == expected
        and probabilities is not None
        and len(probabilities) == len(shares)
        and all(_are_close(found, said) for found, said in zip(probabilities, shares, strict=True))
    )
    if not same:
        raise ArtifactIntegrityError(
            f"the model does not repeat its golden rows: expected {expected[:3]}, found {list(predictions[:3])}; the "
            "libraries here compute something else than those it was trained with. Install the recorded versions (see "
            "the manifest) or train again"
        )


def _are_close(found: Sequence[float], expected: Sequence[float]) -> bool:
    return len(found) == len(expected) and all(
        math.isclose(one, other, rel_tol=GOLDEN_TOLERANCE) for one, other in zip(found, expected, strict=True)
    )
