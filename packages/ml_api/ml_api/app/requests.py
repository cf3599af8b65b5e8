"""Gives each request an id and a line in the log."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response

from ml_api.blueprints.context import REQUEST_ID_HEADER, add_header, get_notes, get_request, get_request_id
from ml_api.services.log_lines import log_fields

QUIET_PATHS = frozenset({"/health", "/ready"})

logger = logging.getLogger(__name__)


def register_request_hooks(app: Flask) -> None:
    """Have all requests of an application numbered, timed and logged."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    get_notes().started_s = time.perf_counter()
    get_request_id()


def _end(response: Response) -> Response:
    request, request_id = get_request(), get_request_id()
    add_header(request.environ, REQUEST_ID_HEADER, request_id)
    now_s = time.perf_counter()
    fields = {
        "request_id": request_id,
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "duration_ms": round((now_s - get_notes().get("started_s", now_s)) * 1000, 3),
    }
    # Platforms ask the quiet ones every few seconds.
    log_fields(logger, "request", fields, logging.DEBUG if request.path in QUIET_PATHS else logging.INFO)
    return response
