"""Takes what came true for rows that were predicted."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import request
from flask_smorest import Blueprint

from ml_api.blueprints.body import JSON, check_type, parse_body, read_body
from ml_api.blueprints.context import get_caller, get_parts, get_request_id
from ml_api.blueprints.documentation import GUARDED, fails_with
from ml_api.errors import FeedbackBusyError, FeedbackOffError, ModelNotReadyError
from ml_api.schemas import FeedbackAnswer, parse_document, read_feedback
from ml_api.schemas.feedback import EXPECTED, MAX_ROW, PREDICTION_ID
from ml_api.services import FeedbackRecord, ModelService

feedback_blueprint = Blueprint("feedback", __name__, description="Outcomes of predictions")

_ITEM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["prediction_id", "outcome"],
    "properties": {
        "prediction_id": {"type": "string", "pattern": PREDICTION_ID, "description": EXPECTED["prediction_id"]},
        "row": {"type": "integer", "minimum": 0, "maximum": MAX_ROW, "default": 0, "description": EXPECTED["row"]},
        "outcome": {
            "type": ["number", "string"],
            "description": "What came true: a number, or for a classification one of its labels.",
        },
    },
}
_BODY = {
    "required": True,
    "content": {
        JSON: {
            "schema": {"anyOf": [_ITEM, {"type": "array", "minItems": 1, "items": _ITEM}]},
            "example": {"prediction_id": "3f0c6a3e6b0f4f0f8c0f3d9d0b8f7a11", "outcome": 215000},
        }
    },
}


@feedback_blueprint.post("/v1/feedback")
@feedback_blueprint.response(202, FeedbackAnswer, description="All outcomes will be kept.")
@fails_with(feedback_blueprint, *GUARDED, 413, 415, 422, 503)
@feedback_blueprint.doc(requestBody=_BODY)
def answer_feedback() -> dict[str, Any]:
    """Tell what came true.

    One outcome, or a list of them: all are taken, or none. Prediction ids are not looked up, so that an unknown one is
    taken too; the last outcome for a prediction id and row counts.
    """
    parts = get_parts()
    check_type(request, (JSON,))
    if not parts.prediction_log.enabled:
        raise FeedbackOffError("Outcomes are not kept here, since predictions are not: ML_API_PREDICTION_LOG is unset.")
    body = read_body(request, max_body_bytes=parts.settings.max_body_bytes, accept_gzip=parts.settings.accept_gzip)
    classes, is_known = _find_classes(parts.model)
    build = partial(FeedbackRecord, request_id=get_request_id(), key_id=get_caller().key_id)

    def parse(body: bytes) -> list[FeedbackRecord]:
        document = parse_document(body, max_nesting=parts.settings.max_nesting)
        items = read_feedback(document, classes=classes, is_known=is_known, max_items=parts.settings.max_rows)
        return [build(**item) for item in items]

    records = parse_body(body, parse)
    is_taken = parts.prediction_log.record_feedback(records)
    if not is_taken or parts.prediction_log.is_failing:  # tried all the same, or nothing would tell when it succeeds
        raise FeedbackBusyError("The outcomes can't be kept at the moment. Send them again later.")
    return {"accepted": len(records), "request_id": get_request_id()}


def _find_classes(model: ModelService) -> tuple[list[str] | None, bool]:
    """Return the labels of the model, and whether there is a model."""
    try:
        return model.artifact.classes, True
    except ModelNotReadyError:
        return None, False
