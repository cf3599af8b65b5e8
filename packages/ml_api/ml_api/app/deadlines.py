"""Gives each request an end, so that nobody keeps hold of a worker by sending or reading drop by drop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wsgi import ClosingIterator

from ml_api.errors import RequestTimeoutError
from ml_api.services.offload import is_cooperative

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def limit_request_time(app: Flask, *, timeout_s: float) -> None:
    """Have `RequestTimeoutError` raised in each request of an application that takes too long.

    It is raised wherever the request waits: for its body, for a thread that computes, for a client that does not
    read. Before the answer has begun, the client gets it as an error; afterwards the connection is closed, so that
    half an answer is never taken for a whole one.

    Parameters
    ----------
    app : Flask
        Only under gevent, whose timers can interrupt a wait, does anything change.
    timeout_s : float
        Seconds from the end of the headers to the end of the answer.
    """
    if is_cooperative():
        app.wsgi_app = _Deadline(app.wsgi_app, timeout_s)  # type: ignore[method-assign]


class _Deadline:
    """An application whose requests end in time."""

    def __init__(self, inner: WSGIApplication, timeout_s: float) -> None:
        self._inner = inner
        self._timeout_s = timeout_s

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        from gevent import Timeout

        message = f"The request took longer than {self._timeout_s} seconds. Send fewer rows in one request."
        timer = Timeout.start_new(self._timeout_s, RequestTimeoutError(message))
        try:
            answer = self._inner(environ, start_response)
        except BaseException:
            timer.close()
            raise
        # The server calls it when the last byte is on its way, and also when it gives up before.
        return ClosingIterator(answer, timer.close)
