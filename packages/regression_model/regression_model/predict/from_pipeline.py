"""Answers by the scikit-learn pipeline: for models that have no compiled form."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from regression_model.artifact import Artifact
from regression_model.explain import explain_frame
from regression_model.pipeline.answers import answer_inputs
from regression_model.predict.series_input import gather_input
from regression_model.processing.validation import Rows, ValidatedInputs, validate_inputs

logger = logging.getLogger(__name__)


def answer_from_pipeline(
    input_data: Rows, model: Artifact, *, explain: bool, gather_series: bool = True
) -> dict[str, Any]:
    """Predict rows, and explain them if that is asked for.

    Parameters
    ----------
    input_data : mapping, sequence of mappings, or DataFrame
    model : Artifact
    explain : bool
    gather_series : bool

    Returns
    -------
    dict
        As of `regression_model.predict.make_prediction`, without the version.
    """
    gathered = gather_input(input_data, model) if gather_series else None
    if gathered is not None:
        frame, ids = gathered
        return {**answer_from_pipeline(frame, model, explain=explain, gather_series=False), "ids": ids}
    inputs = validate_inputs(input_data=input_data, schema=model.schema)
    answer = answer_inputs(model.pipeline, inputs, on_failure=_log)
    if explain:
        answer["explanations"] = _explain_answered(model, inputs, answer["predictions"])
    return answer


def _log(error: Exception) -> None:
    logger.warning("a step has no result for a row: %s", type(error).__name__)


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
