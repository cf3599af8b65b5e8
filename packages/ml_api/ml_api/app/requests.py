"""Gives each request an id and a line in the log."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, g, request

from ml_api.blueprints.context import REQUEST_ID_HEADER, get_request_id

QUIET_PATHS = frozenset({"/health", "/ready"})

logger = logging.getLogger(__name__)


def register_request_hooks(app: Flask) -> None:
    """Have all requests of an application numbered, timed and logged."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.started_s = time.perf_counter()
    get_request_id()


def _end(response: Response) -> Response:
    response.headers[REQUEST_ID_HEADER] = request_id = get_request_id()
    now_s = time.perf_counter()
    logger.log(
        # Platforms ask these every few seconds.
        logging.DEBUG if request.path in QUIET_PATHS else logging.INFO,
        "request",
        extra={
            "fields": {
                "request_id": request_id,
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "duration_ms": round((now_s - g.get("started_s", now_s)) * 1000, 3),
            }
        },
    )
    return response
