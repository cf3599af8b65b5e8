"""Gives each request an id and a line in the log."""

from __future__ import annotations

import logging
import re
import time
import uuid

from flask import Flask, Response, g, request

HEADER = "X-Request-ID"
QUIET_PATHS = frozenset({"/health", "/ready"})

logger = logging.getLogger(__name__)


def register_request_hooks(app: Flask) -> None:
    """Have all requests of an application numbered, timed and logged."""
    app.before_request(_begin)
    app.after_request(_end)


def choose_request_id(proposed: str | None) -> str:
    """Take the client's id if it can do no harm in logs and headers, or make one.

    Parameters
    ----------
    proposed : str or None
        What the client sent: kept if it is 1 to 128 letters, digits and ``. _ -``.

    Examples
    --------
    >>> choose_request_id("order-4711")
    'order-4711'
    >>> len(choose_request_id("two words"))
    32
    """
    if proposed is not None and re.fullmatch(r"[A-Za-z0-9._-]{1,128}", proposed):
        return proposed
    return uuid.uuid4().hex


def get_request_id() -> str:
    """Return the id of the request that is answered, also if it failed before its first hook."""
    _begin()
    request_id: str = g.request_id
    return request_id


def _begin() -> None:
    if "request_id" not in g:
        g.request_id = choose_request_id(request.headers.get(HEADER))
        g.started_s = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers[HEADER] = request_id = get_request_id()
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
                "duration_ms": round((time.perf_counter() - g.started_s) * 1000, 3),
            }
        },
    )
    return response
