"""Tells when a file has changed, for the price of one look at it per interval."""

from __future__ import annotations

import os
import time
from pathlib import Path


class FileWatch:
    """Looks at a file from time to time.

    Parameters
    ----------
    path : Path
        There need not be such a file.
    interval_s : float
        How often at most it is looked at.
    """

    def __init__(self, path: Path, interval_s: float) -> None:
        self.interval_s = interval_s
        self._path = path
        self._signature: tuple[int, ...] | None = _find_signature(path)
        self._checked_s = time.monotonic()

    def has_changed(self) -> bool:
        """Say whether the file is seen to be another one than when this was last asked; each change is told once."""
        now_s = time.monotonic()
        if now_s - self._checked_s < self.interval_s:
            return False
        self._checked_s = now_s
        before, self._signature = self._signature, _find_signature(self._path)
        return before != self._signature

    def look_again(self) -> None:
        """Tell of a change at the next look, too: what came of this one was of no use."""
        self._signature = ()


def _find_signature(path: Path) -> tuple[int, ...] | None:
    """Return what changes when a file is replaced, written to, or gets another mode; None without a file."""
    try:
        status = os.stat(path)  # noqa: PTH116 - one call on the path of a request
    except OSError:
        return None
    return (status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
