"""Tells whether a computation will be short enough to be done where it would hold up others."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

SHORT_S = 0.015
"""Handing work to another thread, which shares the interpreter, costs half as much."""
_FIRST_ROW_S = 1e-4
_FEW_ROWS = 10
_WEIGHT = 0.25


class Pace:
    """How long a model takes for a row, as seen lately: models differ a hundredfold, and so do rows with errors."""

    def __init__(self) -> None:
        self._row_s = _FIRST_ROW_S

    def is_long(self, n_rows: int) -> bool:
        """Say whether so many rows will probably take long."""
        return n_rows * self._row_s > SHORT_S

    def measure(self, n_rows: int, compute: Callable[[], T]) -> T:
        """Compute something for so many rows, and learn from the time that it took.

        That of the processor: what waits for other threads would seem to be long, and then have to wait for them.
        """
        if n_rows <= _FEW_ROWS:
            return compute()
        started_s = time.thread_time()
        computed = compute()
        self._row_s += _WEIGHT * ((time.thread_time() - started_s) / n_rows - self._row_s)
        return computed


class SlowPace(Pace):
    """The pace of what is not known, or is known to be slow: anything takes long."""

    def is_long(self, n_rows: int) -> bool:
        """Say that it will."""
        return True
