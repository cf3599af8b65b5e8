"""Hands work to a thread of its own: bounded, and never waiting long."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ml_api.services.offload import find_native

CHECK_INTERVAL_S = 0.005


class RecordQueue:
    """Runs jobs one after the other in a native thread.

    Any thread or greenlet may add jobs. A job that raises is counted and the next one is run: nobody is there
    to be told. Jobs must not log nor touch anything that greenlets lock, for the same reason that the thread is native.

    Parameters
    ----------
    capacity : int
        The most weight that may wait. A job that is heavier than that is taken when nothing else waits.
    patience_s : float
        How long `put` waits for room.
    idle : callable
        Run when `idle_s` seconds went by without a job, and before the end.
    idle_s : float
        See there.

    Attributes
    ----------
    dropped, failed, done : int
        Jobs that found no room, that raised, and that ran through.
    last_error : str
        What the last failed job raised.
    is_failing : bool
        Whether the last job failed.
    """

    def __init__(self, *, capacity: int, patience_s: float, idle: Callable[[], None], idle_s: float = 3_600.0) -> None:
        self._capacity = capacity
        self._patience_s = patience_s
        self._idle = idle
        self._idle_s = idle_s
        self._jobs: Any = find_native("queue", "SimpleQueue")()
        self._lock: Any = find_native("_thread", "allocate_lock")()
        self._ended: Any = find_native("_thread", "allocate_lock")()
        self._waiting = 0
        self._open = False
        self.dropped = 0
        self.failed = 0
        self.done = 0
        self.last_error = ""
        self.is_failing = False

    def start(self) -> None:
        """Start the thread, in the process in which the jobs are to run."""
        self._open = True
        self._ended.acquire()
        find_native("_thread", "start_new_thread")(self._run, ())

    def put(self, job: Callable[[], None], weight: int) -> bool:
        """Add a job; False if there was no room within the time, or the queue is closed."""
        deadline_s = time.monotonic() + self._patience_s
        while not self._take_room(weight):
            if not self._open or time.monotonic() >= deadline_s:
                with self._lock:
                    self.dropped += 1
                return False
            time.sleep(CHECK_INTERVAL_S)  # lets other greenlets run, where there are any
        self._jobs.put((job, weight))
        return True

    def close(self, timeout_s: float) -> bool:
        """Take no more jobs, and wait until those that were taken have run.

        Returns
        -------
        bool
            Whether they have, within the time.
        """
        with self._lock:
            if not self._open:
                return True
            self._open = False
        self._jobs.put(None)
        return bool(self._ended.acquire(timeout=timeout_s))

    def _take_room(self, weight: int) -> bool:
        with self._lock:  # nothing in here lets another greenlet run
            fits = self._waiting == 0 or self._waiting + weight <= self._capacity
            if self._open and fits:
                self._waiting += weight
            return self._open and fits

    def _run(self) -> None:
        empty = find_native("queue", "Empty")
        while True:
            try:
                item = self._jobs.get(timeout=self._idle_s)
            except empty:
                self._attempt(self._idle)
                continue
            if item is None:
                break
            job, weight = item
            is_done = self._attempt(job)
            self.is_failing = not is_done
            self.done += is_done
            with self._lock:
                self._waiting -= weight
        self._attempt(self._idle)
        self._ended.release()

    def _attempt(self, job: Callable[[], None]) -> bool:
        try:
            job()
        except Exception as error:  # noqa: BLE001 - the thread has to outlive whatever goes wrong in a job
            self.failed += 1
            self.last_error = f"{type(error).__name__}: {error}"
            return False
        return True
