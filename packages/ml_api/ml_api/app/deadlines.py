"""Gives each request an end, so that nobody keeps hold of a worker by sending or reading drop by drop."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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


@dataclass(slots=True, eq=False)
class _Turn:
    """A request that is answered: by which greenlet, until when, and whether its time is over."""

    greenlet: Any
    ends_s: float
    is_over: bool = False


class _Watch:
    """Ends requests whose time is over.

    All have the same time, so that the one that began first is the first to end: one timer, set for it, does for all
    of them. A timer for each request would cost more than reading its body.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._turns: dict[_Turn, None] = {}  # in the order in which they end
        self._timer: Any = None
        self._message = f"The request took longer than {timeout_s} seconds. Send fewer rows in one request."

    def begin(self) -> _Turn:
        """Begin the time of the request that this greenlet answers."""
        from gevent import getcurrent

        turn = _Turn(getcurrent(), time.monotonic() + self._timeout_s)
        self._turns[turn] = None
        if self._timer is None:
            self._wait(self._timeout_s)
        return turn

    def end(self, turn: _Turn) -> None:
        """Forget a request that is answered."""
        self._turns.pop(turn, None)

    def build_error(self) -> RequestTimeoutError:
        """Build what is raised in a request whose time is over."""
        return RequestTimeoutError(self._message)

    def _wait(self, seconds: float) -> None:
        from gevent import get_hub

        if self._timer is not None:
            self._timer.close()
        self._timer = get_hub().loop.timer(seconds, ref=False)
        self._timer.start(self._look)

    def _look(self) -> None:
        """End what is due, and wait for the next; runs in gevent's hub, as its own timers do."""
        while (turn := next(iter(self._turns), None)) is not None and turn.ends_s <= time.monotonic():
            del self._turns[turn]
            turn.is_over = True
            turn.greenlet.throw(self.build_error())
        # Where there is none, whichever begins from now on will not end before the timer strikes again.
        self._wait(self._timeout_s if turn is None else max(turn.ends_s - time.monotonic(), 0.0))


class _Deadline:
    """An application whose requests end in time."""

    def __init__(self, inner: WSGIApplication, timeout_s: float) -> None:
        self._inner = inner
        self._watch = _Watch(timeout_s)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        turn = self._watch.begin()
        try:
            answer = self._inner(environ, start_response)
        except BaseException:
            self._watch.end(turn)
            raise
        return _TimedAnswer(answer, turn, self._watch)


class _TimedAnswer:
    """An answer during which the time of its request runs on, or that for its last words."""

    def __init__(self, answer: Iterable[bytes], turn: _Turn, watch: _Watch) -> None:
        self._answer = answer
        self._parts = iter(answer)
        self._turn = turn
        self._watch = watch
        self._last_timer: Any = None  # gevent is imported late

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._turn.is_over:
            self._wind_up()
        part = next(self._parts)
        if self._turn.is_over:  # the server sends it before it asks for the next one
            self._wind_up()
        return part

    def close(self) -> None:
        """End it; the server does so when the last byte is on its way, and also when it gives up before."""
        self._watch.end(self._turn)
        self._stop_timer()
        close = getattr(self._answer, "close", None)
        if close is not None:
            close()

    def _wind_up(self) -> None:
        """Start the timer for the last words, since somebody has caught what was raised; it strikes once, too."""
        from gevent import Timeout

        if self._last_timer is None or not self._last_timer.pending:
            self._stop_timer()
            self._last_timer = Timeout.start_new(LAST_WORDS_S, self._watch.build_error())

    def _stop_timer(self) -> None:
        if self._last_timer is not None:
            self._last_timer.close()
