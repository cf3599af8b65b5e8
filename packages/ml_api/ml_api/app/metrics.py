"""Counts and times the requests of an application."""

from __future__ import annotations

import time
from functools import partial

from flask import Flask, Request, Response

from ml_api.blueprints.context import get_notes, get_request
from ml_api.services import Metrics, PredictionLog


def register_metrics_hooks(app: Flask, metrics: Metrics, log: PredictionLog) -> None:
    """Have all requests of an application counted, from their arrival to the end of their answer.

    To be registered before all hooks that may answer a request themselves.
    """

    def begin() -> None:
        get_notes().counted_from_s = time.perf_counter()
        metrics.begin_request()

    def note(response: Response) -> Response:
        notes = get_notes()
        if "counted_from_s" in notes:
            notes.status = response.status_code
            if response.is_streamed:  # goes on when the request is long forgotten
                from_s = notes.pop("counted_from_s")
                request = get_request()
                response.call_on_close(partial(end, request.method, find_route(request), from_s, response.status_code))
        return response

    def finish(_error: BaseException | None) -> None:
        notes = get_notes()
        if "counted_from_s" in notes:
            request = get_request()  # of which no answer came if there is no status
            end(request.method, find_route(request), notes.counted_from_s, notes.get("status", 500))

    def end(method: str, route: str | None, from_s: float, status: int) -> None:
        metrics.end_request(method, route, status, time.perf_counter() - from_s)
        if log.enabled:
            metrics.observe_log(log.counts)

    app.before_request(begin)
    app.after_request(note)
    app.teardown_request(finish)


def find_route(request: Request) -> str | None:
    """Return the rule of a request, None if there is none: its path is the client's."""
    return None if request.url_rule is None else request.url_rule.rule
