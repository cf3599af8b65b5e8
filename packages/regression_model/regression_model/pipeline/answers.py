"""What the scikit-learn pipeline answers for checked rows: always as many answers as rows, in their order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.pipeline.outputs import ModelOutputs, predict_frame
from regression_model.schema import PREDICTION_FAILED, PREDICTION_NOT_FINITE

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

    from regression_model.processing.validation import ValidatedInputs

Listener = Callable[[Exception], None]


def answer_inputs(
    pipeline: Pipeline, inputs: ValidatedInputs, *, on_failure: Listener | None = None, doubtful: Collection[int] = ()
) -> dict[str, Any]:
    """Predict the rows that validation has passed, each that can be.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    inputs : ValidatedInputs
    on_failure : callable, optional
        Told of what a step has raised for a row.
    doubtful : collection of int
        Positions of rows that a step will probably refuse. They are predicted alone, so that they need not be searched
        for among the others; the answer is the same.

    Returns
    -------
    dict
        ``predictions``: a list with one entry for each row, None where the row was refused. ``errors``: by position
        (int) of a refused row, a list of ``field``, ``reason``, ``message`` and ``expected``. For classification also
        ``probabilities`` (None where refused) and ``classes``, their order.
    """
    errors = {row: [error.to_json() for error in found] for row, found in inputs.errors.items()}
    predictions: list[float | str | None] = [None] * len(inputs.valid)
    probabilities: list[list[float] | None] = [None] * len(inputs.valid)
    rows = np.flatnonzero(inputs.valid)
    for predicted, outputs in _predict_groups(pipeline, inputs.frame, on_failure, np.isin(rows, list(doubtful))):
        finite = _are_finite(outputs) if outputs is not None else None
        for index, row in enumerate(rows[predicted].tolist()):
            if outputs is None or finite is None or not finite[index]:
                errors[row] = [(PREDICTION_FAILED if outputs is None else PREDICTION_NOT_FINITE).to_json()]
                continue
            predictions[row] = _plain(outputs.predictions[index])
            if outputs.probabilities is not None:
                probabilities[row] = outputs.probabilities[index].tolist()
    answer: dict[str, Any] = {"predictions": predictions, "errors": dict(sorted(errors.items()))}
    if hasattr(pipeline, "classes_"):
        answer |= {"probabilities": probabilities, "classes": [str(label) for label in pipeline.classes_]}
    return answer


def _predict_groups(
    pipeline: Pipeline, frame: pd.DataFrame, on_failure: Listener | None, alone: np.ndarray[Any, np.dtype[np.bool_]]
) -> Iterator[tuple[np.ndarray[Any, np.dtype[np.intp]], ModelOutputs | None]]:
    """Predict some rows alone, and the others together; yield their positions in the frame, too."""
    for group in (np.flatnonzero(~alone), *np.flatnonzero(alone)[:, None]):
        rows = frame if len(group) == len(frame) else frame.iloc[group].reset_index(drop=True)
        for positions, outputs in _predict_each_that_can_be(pipeline, rows, on_failure):
            yield group[positions], outputs


def _predict_each_that_can_be(
    pipeline: Pipeline, frame: pd.DataFrame, on_failure: Listener | None, first: int = 0
) -> Iterator[tuple[slice, ModelOutputs | None]]:
    """Predict all rows at once; if a step refuses one, halve until it is found: it must not cost the others."""
    positions = slice(first, first + len(frame))
    if not len(frame):
        return
    try:
        yield positions, predict_frame(pipeline, frame)
    except Exception as error:  # noqa: BLE001 - whatever a step raises, it is the answer for that row
        if len(frame) == 1:
            if on_failure is not None:
                on_failure(error)
            yield positions, None
            return
        middle = len(frame) // 2
        for start, half in ((0, frame.iloc[:middle]), (middle, frame.iloc[middle:])):
            yield from _predict_each_that_can_be(pipeline, half.reset_index(drop=True), on_failure, first + start)


def _are_finite(outputs: ModelOutputs) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if outputs.probabilities is not None:
        return np.asarray(np.isfinite(outputs.probabilities).all(axis=1))
    return np.asarray(np.isfinite(outputs.predictions))


def _plain(value: Any) -> float | str:  # noqa: ANN401 - a NumPy scalar or a label
    return value if isinstance(value, str) else float(value)
