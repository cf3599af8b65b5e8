"""Counts and times the requests of an application."""

from __future__ import annotations

import time
from functools import partial

from flask import Flask, Response, g, request

from ml_api.services import Metrics, PredictionLog


def register_metrics_hooks(app: Flask, metrics: Metrics, log: PredictionLog) -> None:
    """Have all requests of an application counted, from their arrival to the end of their answer.

    To be registered before all hooks that may answer a request themselves.
    """

    def begin() -> None:
        g.counted_from_s = time.perf_counter()
        metrics.begin_request()

    def note(response: Response) -> Response:
        if "counted_from_s" in g:
            g.end_of_count = partial(end, request.method, find_route(), g.counted_from_s)
            g.status = response.status_code
            # A stream goes on when the request is long forgotten. Files, which the server sends by itself, do not tell
            # when they end.
            if response.is_streamed and not response.direct_passthrough:
                response.call_on_close(partial(g.pop("end_of_count"), response.status_code))
                del g.counted_from_s
        return response

    def finish(_error: BaseException | None) -> None:
        if "end_of_count" in g:
            g.end_of_count(g.status)
        elif "counted_from_s" in g:  # no answer came of it
            end(request.method, find_route(), g.counted_from_s, 500)

    def end(method: str, route: str | None, from_s: float, status: int) -> None:
        metrics.end_request(method, route, status, time.perf_counter() - from_s)
        if log.enabled:
            metrics.observe_log(log.counts)

    app.before_request(begin)
    app.after_request(note)
    app.teardown_request(finish)


def find_route() -> str | None:
    """Return the rule of the request that is answered, None if there is none: its path is the client's."""
    return None if request.url_rule is None else request.url_rule.rule
