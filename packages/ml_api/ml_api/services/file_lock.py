"""Lets one process at a time do something, by a lock on a file."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 10.0
_RETRY_INTERVAL_S = 0.01


@contextmanager
def hold_lock(path: Path, *, shared: bool = False, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the lock that a file stands for; a process that ends lets go of it.

    Parameters
    ----------
    path : Path
        The file, made where there is none, for its owner alone. It stays empty, and stays.
    shared : bool
        Whether others may hold it, too, that want it shared.
    patience_s : float
        Seconds to wait for those who hold it.

    Raises
    ------
    TimeoutError
        If others held it for all that time.
    OSError
        If there can be no such file.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        operation = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
        deadline_s = time.monotonic() + patience_s
        while not _try_lock(descriptor, operation):
            if time.monotonic() >= deadline_s:
                raise TimeoutError(f"{path} is locked by another process")
            time.sleep(_RETRY_INTERVAL_S)  # lets other greenlets run; waiting for the lock itself would not
        yield
    finally:
        os.close(descriptor)  # gives the lock back


def _try_lock(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation)
    except (BlockingIOError, PermissionError):  # PermissionError: some network file systems say it so
        return False
    return True
