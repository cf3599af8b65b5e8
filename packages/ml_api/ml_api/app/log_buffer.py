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
MAX_BYTES = 500_000
"""How much waits at most."""
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
        self._lines: list[bytes | Callable[[], bytes]] = []
        self._n_bytes = 0
        self._day_ends_s = 0.0

    def add(
        self,
        line: bytes | Callable[[], bytes],
        time_s: float,
        *,
        n_bytes: int | None = None,
        is_urgent: bool = False,
    ) -> None:
        """Add a line, with its end, that tells of a time.

        Parameters
        ----------
        line : bytes or callable
            If callable, it is called when the line is written, mostly in the thread that writes; it must not fail.
        time_s : float
            Since 1970.
        n_bytes : int, optional
            About how long the line will be, if it is yet to be made.
        is_urgent : bool

        Raises
        ------
        OSError
            If it is written at once, and can't be.
        """
        if time_s >= self._day_ends_s and self._lines:
            self.flush()
        with self._adding:
            lines = self._lines
            lines.append(line)
            self._n_bytes += len(line) if isinstance(line, bytes) else n_bytes or 0
            is_first = len(lines) == 1
            if is_first:
                self._day_ends_s = (time_s // DAY_S + 1) * DAY_S
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
                lines, day = self._lines, int(self._day_ends_s // DAY_S) - 1
                self._lines, self._n_bytes = [], 0
            if not lines:
                return
            made = [line if isinstance(line, bytes) else line() for line in lines]
            if len(made) > 1 and len(made[-1]) >= MAX_BYTES:  # putting it together with the others takes time
                self._write(b"".join(made[:-1]), day)
                del made[:-1]
            self._write(made[0] if len(made) == 1 else b"".join(made), day)

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
