"""The one place where an exception becomes an HTTP status, and the one shape that all errors have."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from ml_api.blueprints.context import get_request_id
from ml_api.errors import (
    ApiError,
    BodyTooLargeError,
    ContentTypeError,
    CsrfError,
    DocumentError,
    FeedbackBusyError,
    FeedbackError,
    FeedbackOffError,
    ForbiddenError,
    InsightsError,
    ModelNotReadyError,
    NotAcceptableError,
    NotExplainableError,
    NoValidRowsError,
    ParameterError,
    PredictionProcessError,
    RequestTimeoutError,
    TextTooLongError,
    TooManyColumnsError,
    TooManyMeasurementsError,
    TooManyRequestsError,
    TooManyRowsError,
    UnauthorizedError,
)
from ml_api.schemas import write_json_answer
from ml_api.services.offload import run_in_threadpool
from ml_api.services.prediction import MANY_ROWS
from regression_model import InputDataError

logger = logging.getLogger(__name__)

STATUSES: Mapping[type[ApiError], HTTPStatus] = {
    DocumentError: HTTPStatus.BAD_REQUEST,
    CsrfError: HTTPStatus.BAD_REQUEST,
    UnauthorizedError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS,
    BodyTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManyRowsError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManyColumnsError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TextTooLongError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManyMeasurementsError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotAcceptableError: HTTPStatus.NOT_ACCEPTABLE,
    ParameterError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotExplainableError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ContentTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    NoValidRowsError: HTTPStatus.UNPROCESSABLE_ENTITY,
    FeedbackError: HTTPStatus.UNPROCESSABLE_ENTITY,
    FeedbackOffError: HTTPStatus.SERVICE_UNAVAILABLE,
    FeedbackBusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    InsightsError: HTTPStatus.SERVICE_UNAVAILABLE,
    ModelNotReadyError: HTTPStatus.SERVICE_UNAVAILABLE,
    PredictionProcessError: HTTPStatus.SERVICE_UNAVAILABLE,
    RequestTimeoutError: HTTPStatus.SERVICE_UNAVAILABLE,
}

# Codes are part of the contract: fixed here, not taken from the names in a library.
HTTP_CODES: Mapping[int, str] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: BodyTooLargeError.code,
    414: "uri_too_long",
    415: ContentTypeError.code,
    431: "headers_too_large",
    500: "internal_error",
}


def register_error_handlers(app: Flask) -> None:
    """Answer all exceptions of an application in the one shape."""
    app.register_error_handler(HTTPException, _answer_http_exception)
    app.register_error_handler(ApiError, _answer_api_error)
    app.register_error_handler(InputDataError, _answer_input_error)
    app.register_error_handler(Exception, _answer_unexpected)


def _answer_api_error(error: ApiError) -> Response:
    if type(error) not in STATUSES:  # not the client's doing
        return _answer_unexpected(error)
    status = STATUSES[type(error)]
    logger.info(
        "request refused",
        extra={"fields": {"request_id": get_request_id(), "code": error.code, "told": error.message}},
    )
    response = _build(status, error.code, error.message, error.details)
    if "retry_after_s" in error.details:
        response.headers["Retry-After"] = str(error.details["retry_after_s"])
    return response


def _answer_input_error(error: InputDataError) -> Response:
    """Answer what the model package can't read as rows although the schemas could."""
    return _answer_api_error(DocumentError(str(error)))


def _answer_http_exception(error: HTTPException) -> Response:
    """Answer what Flask and Werkzeug raise: no such route, wrong method, and so on."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    response = _build(status, HTTP_CODES.get(status, "http_error"), error.description or error.name, {})
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):  # such as Allow, with 405
            response.headers[name] = value
    return response


def _answer_unexpected(error: Exception) -> Response:
    """Tell the log everything and the client nothing but the id under which it is there."""
    logger.error("unexpected error", exc_info=error, extra={"fields": {"request_id": get_request_id()}})
    message = "The server failed. Its log says why, under the request id."
    return _build(HTTPStatus.INTERNAL_SERVER_ERROR, HTTP_CODES[500], message, {})


def _build(status: int, code: str, message: str, details: Mapping[str, object]) -> Response:
    error = {"code": code, "message": message, "details": details, "request_id": get_request_id()}
    is_long = isinstance(found := details.get("errors"), Mapping) and len(found) > MANY_ROWS
    answer = {"error": error}
    content = run_in_threadpool(write_json_answer, answer) if is_long else write_json_answer(answer)
    return Response(content, status, mimetype="application/json")
