"""Counts what happens in a process in plain numbers for a moment, and hands them on together.

A metric that all workers share is a lock and a write to a mapped file for each bucket: for a request that takes half a
millisecond, eight of them are worth saving.
"""

from __future__ import annotations

import atexit
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from ml_api.services.offload import find_native, is_cooperative

INTERVAL_S = 0.05
"""How long a number waits at most; a worker that is killed loses it meanwhile."""

RequestKind = tuple[str, str, str]
"""Method, route and status."""


class Tally:
    """Requests and predictions since numbers were last handed on.

    Under gevent they are handed on `INTERVAL_S` after the first of them, and at the end of the process. Elsewhere each
    is at once.

    Parameters
    ----------
    hand_on : callable
        Gets the durations of requests by their kind, in seconds; predictions; and how many requests are in flight.
    """

    def __init__(self, hand_on: Callable[[dict[RequestKind, list[float]], list[Any], int], None]) -> None:
        self._hand_on = hand_on
        self._is_buffered = is_cooperative()
        # Of the interpreter itself: under gevent nobody else runs while it is held.
        self._lock: Any = find_native("_thread", "RLock")()
        self._durations: dict[RequestKind, list[float]] = {}
        self._predictions: list[Any] = []
        self._n_in_flight = 0
        self._is_waiting = False
        if self._is_buffered:
            atexit.register(_flush_living, weakref.ref(self))

    def begin_request(self) -> None:
        """Count a request in."""
        with self._lock:
            self._n_in_flight += 1
        self._wait()

    def end_request(self, kind: RequestKind, duration_s: float) -> None:
        """Count a request out."""
        with self._lock:
            self._n_in_flight -= 1
            self._durations.setdefault(kind, []).append(duration_s)
        self._wait()

    def add_predictions(self, predictions: Iterable[Any]) -> None:
        """Count predictions."""
        with self._lock:
            self._predictions.extend(predictions)
        self._wait()

    def flush(self) -> None:
        """Hand on what there is."""
        with self._lock:
            durations, predictions = self._durations, self._predictions
            self._durations, self._predictions, self._is_waiting = {}, [], False
            n_in_flight = self._n_in_flight
        self._hand_on(durations, predictions, n_in_flight)

    def _wait(self) -> None:
        if self._is_waiting:
            return
        if not self._is_buffered:
            self.flush()
            return
        import gevent

        self._is_waiting = True
        gevent.spawn_later(INTERVAL_S, self.flush)


def _flush_living(reference: weakref.ref[Tally]) -> None:
    tally = reference()
    if tally is not None:
        tally.flush()
