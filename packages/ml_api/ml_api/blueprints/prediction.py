"""Predicts the rows of a request."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from ml_api.blueprints.body import read_json_body
from ml_api.blueprints.context import get_parts, get_request_id
from ml_api.schemas import PredictionAnswer, parse_document, read_rows
from ml_api.services import predict_rows

prediction_blueprint = Blueprint("prediction", __name__)


@prediction_blueprint.post("/v1/predict")
@prediction_blueprint.post("/v1/regression-model/predict")
def answer_prediction() -> dict[str, Any]:
    """Answer with one prediction per row; null, and an entry under ``errors``, where a row is not valid."""
    parts = get_parts()
    artifact = parts.model.artifact
    body = read_json_body(request, max_body_bytes=parts.settings.max_body_bytes)
    document = parse_document(body, max_nesting=parts.settings.max_nesting)
    rows = read_rows(document, feature_names=artifact.schema.names, max_rows=parts.settings.max_rows)
    answer = predict_rows(parts.model, rows, request_id=get_request_id())
    return dict(PredictionAnswer().dump(answer))
