"""Warnings that are no news, ignored by several threads at the same time."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_LOCK = threading.Lock()


@dataclass
class _Inside:
    """Who ignores warnings at present, and the filters that there were before."""

    n_callers: int = 0
    before: warnings.catch_warnings[None] | None = None

    def enter(self) -> None:
        if self.before is None:
            self.before = warnings.catch_warnings()
            self.before.__enter__()
        self.n_callers += 1

    def leave(self) -> None:
        self.n_callers -= 1
        if self.n_callers == 0 and self.before is not None:
            self.before.__exit__(None, None, None)
            self.before = None


_INSIDE = _Inside()


@contextmanager
def ignore_warnings(message: str = "", category: type[Warning] = Warning) -> Iterator[None]:
    """Ignore some warnings.

    Before Python 3.14 `warnings.catch_warnings` puts back, for the whole process, the filters that it found: of two
    threads, the one that leaves last puts back those of the other. Here the first to come notes the filters, and the
    last to leave puts them back; in between, what one ignores all do.

    Parameters
    ----------
    message : str
        Regular expression that the beginning of a warning has to match.
    category : type

    Examples
    --------
    >>> with ignore_warnings("dull"):
    ...     warnings.warn("dull, but true", stacklevel=1)
    """
    with _LOCK:
        _INSIDE.enter()
        warnings.filterwarnings("ignore", message, category)
    try:
        yield
    finally:
        with _LOCK:
            _INSIDE.leave()
