"""Predicts the rows of a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from typing import Any

from flask import Request, Response
from flask_smorest import Blueprint

from ml_api.blueprints.answer_types import choose_answer_type, send_ahead
from ml_api.blueprints.body import (
    CSV,
    JSON,
    JSON_LINES,
    LONG_BODY_BYTES,
    LONG_FLAT_BYTES,
    BodyStream,
    check_type,
    parse_body,
    read_body,
)
from ml_api.blueprints.context import get_parts, get_request, get_request_facts
from ml_api.blueprints.documentation import GUARDED, PREDICTION, document_only, fails_with
from ml_api.errors import DocumentError, ParameterError, TooManyRowsError
from ml_api.schemas import (
    UNREAD,
    PredictionAnswer,
    PredictionQuery,
    RowLimits,
    StreamLimits,
    find_source,
    parse_document,
    parse_lines,
    read_csv_rows,
    read_flat,
    read_line_chunks,
    read_query,
    read_rows,
    write_csv_answer,
    write_json_answer,
)
from ml_api.services import answer_rows, predict_stream
from ml_api.services.pace import SlowPace
from ml_api.settings import Settings

_WRITERS: Mapping[str, Callable[[dict[str, Any]], bytes | str]] = {JSON: write_json_answer, CSV: write_csv_answer}

_QUERY = PredictionQuery()

prediction_blueprint = Blueprint("prediction", __name__, description="Predictions for rows")


@prediction_blueprint.post("/v1/predict")
@prediction_blueprint.post("/v1/regression-model/predict")
@document_only(
    prediction_blueprint.response(200, PredictionAnswer, description="One prediction for each row, in order."),
    fails_with(prediction_blueprint, *GUARDED, 406, 413, 415, 422, 503),
    prediction_blueprint.doc(**PREDICTION),
)
def answer_prediction() -> Response:
    """Predict rows.

    The answer has one prediction per row, in the same order; null, and an entry under `errors`, where a row is not
    valid.
    """
    request, parts = get_request(), get_parts()
    settings = parts.settings
    body_type = check_type(request, (JSON, CSV, JSON_LINES))
    wants_explanation = bool(request.query_string) and read_query(_QUERY, request.args)["explain"]
    artifact = parts.model.artifact
    if body_type == JSON_LINES:
        return _answer_stream(request, settings, wants_explanation=wants_explanation)
    answer_type = choose_answer_type(request, (JSON, CSV))
    if wants_explanation and answer_type == CSV:
        raise ParameterError("Explanations are answered as JSON: leave out `explain`, or accept application/json.")
    body = read_body(request, max_body_bytes=settings.max_body_bytes, accept_gzip=settings.accept_gzip)
    rows, source, is_long = _read_rows(body, body_type, artifact.schema.names, settings)
    if wants_explanation and len(rows) > settings.max_explained_rows:
        limit = settings.max_explained_rows
        raise TooManyRowsError(
            f"The body holds {len(rows)} rows; at most {limit} are explained in one request.",
            details={"rows": len(rows), "max_explained_rows": limit},
        )
    facts = get_request_facts(source)
    content = answer_rows(
        artifact,
        rows,
        facts,
        write=_WRITERS[answer_type],
        explain=wants_explanation,
        pace=SlowPace() if is_long else parts.model.pace,
    )
    headers = {"X-Prediction-ID": facts.prediction_id, "X-Model-Version": artifact.version}
    return Response(content, mimetype=answer_type, headers=headers if answer_type == CSV else None)


def _read_rows(
    body: bytes, body_type: str, feature_names: list[str], settings: Settings
) -> tuple[list[Any], bytes | None, bool]:
    """Return the rows; their own JSON, if that can be used again (see `RequestFacts`); and whether few may be large."""
    document = UNREAD
    if body_type == JSON and len(body) <= LONG_FLAT_BYTES:
        document = read_flat(body, max_nesting=settings.max_nesting)
    if document is not UNREAD:
        return _take_rows(document, body, feature_names, settings), find_source(body), False
    parse = partial(_parse_rows, body_type=body_type, feature_names=feature_names, settings=settings)
    return parse_body(body, parse), None, len(body) > LONG_BODY_BYTES


def _parse_rows(body: bytes, *, body_type: str, feature_names: list[str], settings: Settings) -> list[Any]:
    if body_type == CSV:
        rows = read_csv_rows(body, max_rows=settings.max_rows, max_columns=settings.max_columns)
        _row_limits(settings).check(rows)
        return rows
    return _take_rows(parse_document(body, max_nesting=settings.max_nesting), body, feature_names, settings)


def _take_rows(document: object, body: bytes, feature_names: list[str], settings: Settings) -> list[Any]:
    rows, limits = read_rows(document, feature_names=feature_names, max_rows=settings.max_rows), _row_limits(settings)
    if not limits.surely_hold(rows, body):
        limits.check(rows)
    return rows


def _answer_stream(request: Request, settings: Settings, *, wants_explanation: bool) -> Response:
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
    chunks = read_line_chunks(body.read, limits=limits)
    first = next(chunks, None)
    if first is None:
        raise DocumentError("The body is empty. Send a JSON object per line.")
    parse = partial(parse_lines, limits=limits)
    lines = predict_stream(get_parts().model.artifact, chain([first], chunks), facts, parse=parse)
    headers = {"X-Prediction-ID": facts.prediction_id}
    return Response(send_ahead(lines, has_ended=lambda: body.has_ended), mimetype=JSON_LINES, headers=headers)


def _row_limits(settings: Settings) -> RowLimits:
    return RowLimits(settings.max_columns, settings.max_text_length, settings.max_measurements)
