"""Gives each request an end, so that nobody keeps hold of a worker by sending or reading drop by drop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Flask

from ml_api.errors import RequestTimeoutError
from ml_api.services.offload import is_cooperative

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LAST_WORDS_S = 5.0
"""What an answer that has begun may take to end itself in an orderly way, once the time is over."""


def limit_request_time(app: Flask, *, timeout_s: float) -> None:
    """Have `RequestTimeoutError` raised in each request of an application that takes too long.

    It is raised wherever the request waits: for its body, for a thread that computes, for a client that does not
    read. Before the answer has begun, the client gets it as an error. Afterwards a stream may catch it and say so in
    its last line, for which there are `LAST_WORDS_S` seconds; else the connection is closed, so that half an answer is
    never taken for a whole one.

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
        return _TimedAnswer(answer, timer)


class _TimedAnswer:
    """An answer during which the timer of its request runs on, or one for its last words."""

    def __init__(self, answer: Iterable[bytes], timer: Any) -> None:  # noqa: ANN401 - gevent is imported late
        self._answer = answer
        self._parts = iter(answer)
        self._timer = timer

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._wind_up()
        part = next(self._parts)
        self._wind_up()  # the server sends it before it asks for the next one
        return part

    def close(self) -> None:
        """End it; the server does so when the last byte is on its way, and also when it gives up before."""
        self._timer.close()
        close = getattr(self._answer, "close", None)
        if close is not None:
            close()

    def _wind_up(self) -> None:
        """Start the timer again if it has struck and somebody has caught it: a timer strikes once."""
        if not self._timer.pending:
            self._timer.close()
            self._timer = type(self._timer).start_new(LAST_WORDS_S, self._timer.exception)
