"""Gathers lines of the log for a moment, so that a request does not wait for the disk."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ml_api.services.offload import find_native, is_cooperative

INTERVAL_S = 0.05
"""How long a line waits at most; a worker that is killed loses it meanwhile."""
MAX_BYTES = 65_536
DAY_S = 86_400


class LineBuffer:
    """Writes lines in their order, several at a time, from a native thread of its own.

    Only under gevent, where many requests share a thread; elsewhere each line is written at once. So is a line that is
    urgent, with all before it, and what waits when it grows too long. An orderly end of the process writes everything.

    Parameters
    ----------
    write : callable
        Gets lines and their day, counted from 1970. It raises `OSError` if they can't be written.
    close : callable, optional
        Called at the end.
    """

    def __init__(self, write: Callable[[bytes, int], None], close: Callable[[], None] | None = None) -> None:
        self._write = write
        self._close = close
        self._is_buffered = is_cooperative()
        self._adding: Any = find_native("_thread", "RLock")()  # nothing is waited for while it is held
        self._writing: Any = find_native("_thread", "RLock")()
        self._wake: Any = find_native("_thread", "allocate_lock")()
        self._wake.acquire()
        self._is_open = True
        self._pid: int | None = None
        self._lines: list[bytes] = []
        self._n_bytes = 0
        self._day = -1

    def add(self, line: bytes, time_s: float, *, is_urgent: bool = False) -> None:
        """Add a line, with its end, that tells of a time.

        Raises
        ------
        OSError
            If it is written at once, and can't be.
        """
        day = int(time_s // DAY_S)
        if day != self._day and self._lines:
            self.flush()
        with self._adding:
            self._lines.append(line)
            self._n_bytes += len(line)
            self._day = day
            is_first = len(self._lines) == 1
            is_due = is_urgent or not self._is_buffered or not self._is_open or self._n_bytes >= MAX_BYTES
        if is_due:
            self.flush()
        elif is_first:
            self._start_writer()
            with suppress(RuntimeError):  # it is awake already
                self._wake.release()

    def flush(self) -> None:
        """Write what waits."""
        with self._writing:
            with self._adding:
                lines, day = self._lines, self._day
                self._forget()
            if len(lines) > 1 and len(lines[-1]) >= MAX_BYTES:  # putting it together with the others takes time
                self._write(b"".join(lines[:-1]), day)
                self._write(lines[-1], day)
            elif lines:
                self._write(lines[0] if len(lines) == 1 else b"".join(lines), day)

    def close(self) -> None:
        """Write what waits; what comes later is written at once."""
        self._is_open = False
        try:
            self.flush()
        finally:
            with suppress(RuntimeError):
                self._wake.release()  # ends the thread
            if self._close is not None:
                with self._writing:
                    self._close()

    def _forget(self) -> None:
        self._lines = []
        self._n_bytes = 0
        self._day = -1

    def _start_writer(self) -> None:
        """Start the thread, in the process that logs: threads do not survive a fork."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            find_native("_thread", "start_new_thread")(self._run, ())

    def _run(self) -> None:
        sleep = find_native("time", "sleep")
        while self._is_open:
            self._wake.acquire()
            sleep(INTERVAL_S)
            try:
                self.flush()
            except Exception as error:  # noqa: BLE001 - the thread has to outlive a full disk
                with suppress(Exception):
                    sys.stderr.write(f"lines of the log are lost: {type(error).__name__}\n")
