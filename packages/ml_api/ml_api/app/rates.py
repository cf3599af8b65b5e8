"""Limits how often a key or, where there are no keys, an address may ask."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ml_api.blueprints.context import Caller, add_header, get_request
from ml_api.errors import TooManyRequestsError
from ml_api.services import RateCounter, name_address
from ml_api.settings import Settings

logger = logging.getLogger(__name__)


def build_rate_check(settings: Settings) -> Callable[[Caller], None]:
    """Build what counts requests, and has their answers tell where their caller stands.

    Parameters
    ----------
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
        request = get_request()
        name = f"address:{name_address(request.remote_addr)}" if caller.key_id is None else f"key:{caller.key_id}"
        verdict = counter.count(name)
        add_header(request.environ, "RateLimit-Limit", str(verdict.limit))
        add_header(request.environ, "RateLimit-Remaining", str(verdict.remaining))
        add_header(request.environ, "RateLimit-Reset", str(verdict.reset_s))
        if not verdict.is_allowed:
            raise TooManyRequestsError(
                f"More than {verdict.limit} requests came in too short a time. Try again in {verdict.reset_s} s.",
                details={"retry_after_s": verdict.reset_s},
            )

    return count
