"""Predicts the rows of a request."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from ml_api.blueprints.answer_types import choose_answer_type, send_ahead
from ml_api.blueprints.body import CSV, JSON, JSON_LINES, BodyStream, check_type, read_body
from ml_api.blueprints.context import get_parts, get_request_facts
from ml_api.blueprints.documentation import GUARDED, PREDICTION, fails_with
from ml_api.errors import DocumentError, ParameterError, TooManyRowsError
from ml_api.schemas import (
    PredictionAnswer,
    PredictionQuery,
    RowLimits,
    StreamLimits,
    parse_document,
    read_csv_rows,
    read_line_chunks,
    read_query,
    read_rows,
    write_csv_answer,
)
from ml_api.services import predict_rows, predict_stream
from ml_api.services.offload import run_in_threadpool
from ml_api.services.streams import CHUNK_ROWS
from ml_api.settings import Settings

# From here on, a body may take so long to parse that others should be answered meanwhile.
LONG_BODY_BYTES = 50_000

prediction_blueprint = Blueprint("prediction", __name__, description="Predictions for rows")


@prediction_blueprint.post("/v1/predict")
@prediction_blueprint.post("/v1/regression-model/predict")
@prediction_blueprint.response(200, PredictionAnswer, description="One prediction for each row, in order.")
@fails_with(prediction_blueprint, *GUARDED, 406, 413, 415, 422, 503)
@prediction_blueprint.doc(**PREDICTION)
def answer_prediction() -> dict[str, Any] | Response:
    """Predict rows.

    The answer has one prediction per row, in the same order; null, and an entry under `errors`, where a row is not
    valid.
    """
    parts = get_parts()
    body_type = check_type(request, (JSON, CSV, JSON_LINES))
    wants_explanation = read_query(PredictionQuery(), request.args)["explain"]
    artifact = parts.model.artifact
    if body_type == JSON_LINES:
        return _answer_stream(parts.settings, wants_explanation=wants_explanation)
    answer_type = choose_answer_type(request, (JSON, CSV))
    if wants_explanation and answer_type == CSV:
        raise ParameterError("Explanations are answered as JSON: leave out `explain`, or accept application/json.")
    rows = _read_rows(body_type, artifact.schema.names, parts.settings)
    if wants_explanation and len(rows) > parts.settings.max_explained_rows:
        limit = parts.settings.max_explained_rows
        raise TooManyRowsError(
            f"The body holds {len(rows)} rows; at most {limit} are explained in one request.",
            details={"rows": len(rows), "max_explained_rows": limit},
        )
    answer = predict_rows(artifact, rows, get_request_facts(), explain=wants_explanation)
    if answer_type == CSV:
        headers = {"X-Prediction-ID": answer["prediction_id"], "X-Model-Version": answer["version"]}
        return Response(write_csv_answer(answer), mimetype=CSV, headers=headers)
    return answer


def _read_rows(body_type: str, feature_names: list[str], settings: Settings) -> list[Any]:
    body = read_body(request, max_body_bytes=settings.max_body_bytes, accept_gzip=settings.accept_gzip)
    if len(body) > LONG_BODY_BYTES:
        return run_in_threadpool(_parse_rows, body, body_type, feature_names, settings)
    return _parse_rows(body, body_type, feature_names, settings)


def _parse_rows(body: bytes, body_type: str, feature_names: list[str], settings: Settings) -> list[Any]:
    if body_type == CSV:
        rows = read_csv_rows(body, max_rows=settings.max_rows)
    else:
        document = parse_document(body, max_nesting=settings.max_nesting)
        rows = read_rows(document, feature_names=feature_names, max_rows=settings.max_rows)
    _row_limits(settings).check(rows)
    return rows


def _answer_stream(settings: Settings, *, wants_explanation: bool) -> Response:
    """Answer lines with lines; what goes wrong before the first chunk is read is still an error with its status."""
    if wants_explanation:
        raise ParameterError("Streams are not explained: leave out `explain`, or send the rows as application/json.")
    choose_answer_type(request, (JSON_LINES,))
    limits = StreamLimits(
        max_rows=settings.max_stream_rows,
        max_line_bytes=settings.max_line_bytes,
        max_nesting=settings.max_nesting,
        row=_row_limits(settings),
    )
    body, facts = BodyStream(request), get_request_facts()
    chunks = read_line_chunks(body.read, limits=limits, chunk_rows=CHUNK_ROWS)
    first = next(chunks, None)
    if first is None:
        raise DocumentError("The body is empty. Send a JSON object per line.")
    rows: Iterator[list[Any]] = chain([first], chunks)
    lines = predict_stream(get_parts().model.artifact, rows, facts)
    headers = {"X-Prediction-ID": facts.prediction_id}
    return Response(send_ahead(lines, has_ended=lambda: body.has_ended), mimetype=JSON_LINES, headers=headers)


def _row_limits(settings: Settings) -> RowLimits:
    return RowLimits(settings.max_columns, settings.max_text_length)
