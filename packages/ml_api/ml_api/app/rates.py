"""Limits how often a key or, where there are no keys, an address may ask."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask, Response, g, request

from ml_api.blueprints.context import Caller
from ml_api.errors import TooManyRequestsError
from ml_api.services import RateCounter, name_address
from ml_api.settings import Settings

logger = logging.getLogger(__name__)


def build_rate_check(app: Flask, settings: Settings) -> Callable[[Caller], None]:
    """Build what counts requests, and have the answers of an application tell where their caller stands.

    Parameters
    ----------
    app : Flask
        The application.
    settings : Settings

    Returns
    -------
    callable
        Counts the request of the moment for its caller; raises `TooManyRequestsError` if it is one too many. Does
        nothing if the rate is off.
    """
    if settings.rate_limit == "off":
        return lambda caller: None
    counter = RateCounter(settings.rate_limit, n_processes=settings.workers, storage_url=settings.rate_limit_storage)
    logger.info(
        "rate limit",
        extra={
            "fields": {
                "rate": settings.rate_limit,
                "counted_in": "memory" if settings.rate_limit_storage is None else "redis",
                "workers": settings.workers,
                "requests_per_worker_in_memory": counter.limit,
            }
        },
    )

    def count(caller: Caller) -> None:
        name = f"address:{name_address(request.remote_addr)}" if caller.key_id is None else f"key:{caller.key_id}"
        g.rate_verdict = verdict = counter.count(name)
        if not verdict.is_allowed:
            raise TooManyRequestsError(
                f"More than {verdict.limit} requests came in too short a time. Try again in {verdict.reset_s} s.",
                details={"retry_after_s": verdict.reset_s},
            )

    app.after_request(_tell_rate)
    return count


def _tell_rate(response: Response) -> Response:
    verdict = g.get("rate_verdict")
    if verdict is not None:
        response.headers["RateLimit-Limit"] = str(verdict.limit)
        response.headers["RateLimit-Remaining"] = str(verdict.remaining)
        response.headers["RateLimit-Reset"] = str(verdict.reset_s)
    return response
