"""Predictions for rows in memory: always as many answers as questions, in their order."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from regression_model.artifact import Artifact, load_pipeline
from regression_model.explain import explain_frame
from regression_model.pipeline.outputs import ModelOutputs, predict_frame
from regression_model.processing.validation import FieldError, Rows, ValidatedInputs, validate_inputs

logger = logging.getLogger(__name__)

_OVERFLOW = FieldError(
    None,
    "prediction_not_finite",
    "the prediction is not a finite number: the values of this row lie too far outside what the model was trained on",
    "values nearer to those of the training data",
)

_FAILED = FieldError(
    None,
    "prediction_failed",
    "a step of the pipeline has no result for this row, although each value by itself may be sent (for example the "
    "logarithm of a difference that is zero)",
    "values as they are in the training data",
)


def make_prediction(*, input_data: Rows, artifact: Artifact | None = None, explain: bool = False) -> dict[str, Any]:
    """Predict one row or several.

    Parameters
    ----------
    input_data : mapping, sequence of mappings, or DataFrame
        Rows; their keys are the data's own column names.
    artifact : Artifact, optional
        A loaded model. By default the published one, loaded at the first call and kept.
    explain : bool
        Whether to say what each feature adds to each prediction, which takes much longer than to predict.

    Returns
    -------
    dict
        ``predictions``: a list with one entry for each row, None where the row was refused. ``version``: the
        model's. ``errors``: by position (int) of a refused row, a list of ``field``, ``reason``, ``message`` and
        ``expected``. For classification also ``probabilities`` (None where refused) and ``classes``, their order.
        With ``explain`` also ``explanations`` (None where refused): ``base``, ``scale`` and ``contributions``, for
        classification also ``class``; see `regression_model.explain.explain_frame`.

    Raises
    ------
    InputDataError
        If the input is no rows at all.
    ArtifactError
        If the published model can't be loaded.
    ExplanationError
        If an explanation is asked of a model that has none.
    """
    model = artifact if artifact is not None else _published()
    inputs = validate_inputs(input_data=input_data, schema=model.schema)
    errors = {row: [error.to_json() for error in found] for row, found in inputs.errors.items()}
    predictions: list[float | str | None] = [None] * len(inputs.valid)
    probabilities: list[list[float] | None] = [None] * len(inputs.valid)
    rows = np.flatnonzero(inputs.valid)
    for positions, outputs in _predict_each_that_can_be(model.pipeline, inputs.frame):
        finite = _are_finite(outputs) if outputs is not None else None
        for index, row in enumerate(rows[positions].tolist()):
            if outputs is None or finite is None or not finite[index]:
                errors[row] = [(_FAILED if outputs is None else _OVERFLOW).to_json()]
                continue
            predictions[row] = _plain(outputs.predictions[index])
            if outputs.probabilities is not None:
                probabilities[row] = outputs.probabilities[index].tolist()
    answer: dict[str, Any] = {
        "predictions": predictions,
        "version": model.version,
        "errors": dict(sorted(errors.items())),
    }
    if model.task == "classification":
        answer |= {"probabilities": probabilities, "classes": list(model.classes or ())}
    if explain:
        answer["explanations"] = _explain_answered(model, inputs, predictions)
    return answer


def _explain_answered(
    model: Artifact, inputs: ValidatedInputs, predictions: list[float | str | None]
) -> list[dict[str, Any] | None]:
    """Explain the rows that have a prediction."""
    rows = np.flatnonzero(inputs.valid)
    answered = [index for index, row in enumerate(rows) if predictions[row] is not None]
    frame = inputs.frame.iloc[answered].reset_index(drop=True)
    known = [prediction for prediction in predictions if prediction is not None]
    explanations: list[dict[str, Any] | None] = [None] * len(predictions)
    for row, explanation in zip(rows[answered], explain_frame(model, frame, known), strict=True):
        explanations[row] = explanation
    return explanations


def _predict_each_that_can_be(
    pipeline: Pipeline, frame: pd.DataFrame, first: int = 0
) -> Iterator[tuple[slice, ModelOutputs | None]]:
    """Predict all rows at once; if a step refuses one, halve until it is found: it must not cost the others."""
    positions = slice(first, first + len(frame))
    if not len(frame):
        return
    try:
        yield positions, predict_frame(pipeline, frame)
    except Exception as error:  # noqa: BLE001 - whatever a step raises, it is the answer for that row
        if len(frame) == 1:
            logger.warning("a step has no result for a row: %s", type(error).__name__)
            yield positions, None
            return
        middle = len(frame) // 2
        for start, half in ((0, frame.iloc[:middle]), (middle, frame.iloc[middle:])):
            yield from _predict_each_that_can_be(pipeline, half.reset_index(drop=True), first + start)


@lru_cache(maxsize=1)
def _published() -> Artifact:
    return load_pipeline()


def _are_finite(outputs: ModelOutputs) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if outputs.probabilities is not None:
        return np.asarray(np.isfinite(outputs.probabilities).all(axis=1))
    return np.asarray(np.isfinite(outputs.predictions))


def _plain(value: Any) -> float | str:  # noqa: ANN401 - a NumPy scalar or a label
    return value if isinstance(value, str) else float(value)
