"""Predicts rows, and leaves what came and what went in the log."""

from __future__ import annotations

import logging
from typing import Any

from ml_api.errors import NoValidRowsError
from ml_api.services.model import ModelService

logger = logging.getLogger(__name__)


def predict_rows(model: ModelService, rows: list[Any], *, request_id: str) -> dict[str, Any]:
    """Predict rows.

    Input and output are logged in two steps, so that an input whose prediction fails is in the log all the
    same.

    Parameters
    ----------
    model : ModelService
        The model.
    rows : list
        Rows as they came, unchecked.
    request_id : str
        Goes into the log and into the answer.

    Returns
    -------
    dict
        ``predictions``, ``version``, ``errors`` and ``request_id``; for a classification also
        ``probabilities`` and ``classes``. The keys of ``errors`` are row numbers, counted from 0, as text.

    Raises
    ------
    ModelNotReadyError
        If there is no model.
    NoValidRowsError
        If not one row could be predicted.
    """
    from regression_model import make_prediction

    artifact = model.artifact
    step = {"request_id": request_id, "model_version": artifact.version, "n_rows": len(rows)}
    logger.info("prediction input", extra={"fields": {**step, "inputs": rows}})
    result = make_prediction(input_data=rows, artifact=artifact)
    errors = {str(index): list(row_errors) for index, row_errors in result["errors"].items()}
    answer = {**result, "errors": errors, "request_id": request_id}
    logger.info(
        "prediction output",
        extra={
            "fields": {
                **step,
                "n_rejected": len(errors),
                "predictions": answer["predictions"],
                "errors": errors,
            }
        },
    )
    if len(errors) == len(rows):
        subject = "The row could not" if len(rows) == 1 else f"None of the {len(rows)} rows could"
        raise NoValidRowsError(
            f"{subject} be predicted. The details say why, under each row's number.",
            details={"version": artifact.version, "errors": errors},
        )
    return answer
