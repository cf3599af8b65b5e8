"""What a search knows of the trials that run, while none is completed: whether they leave time for the last training.

Until a first trial is completed, nothing says how long a model of this table takes to fit, except those that run: one
whose first fold was fitted in 20 s will take that much for each of its folds, and once more at the end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regression_model.search.clock import Clock, Reserve

TOLERANCE = 0.1
"""By which share of it a time limit may be missed, if otherwise there would be no model at all."""


@dataclass(frozen=True)
class _Progress:
    """How far a trial is: when it began, when it last told of a fold, how many are done, and how long a fit took."""

    began_s: float
    told_s: float
    n_done: int
    n_folds: int
    fit_time_s: float

    def find_least_s(self, now_s: float, startup_s: float) -> tuple[float, float]:
        """Return what it needs to its end, and what one of its fits takes: both at least.

        In the first fold libraries are imported, and in each more is done than fitting: what is not the fit itself says
        nothing of the others.
        """
        if not self.n_done:
            fit_s = max(0.0, now_s - self.began_s - startup_s)
            return fit_s * (self.n_folds - 1), fit_s
        return max(0.0, self.fit_time_s * (self.n_folds - self.n_done) - (now_s - self.told_s)), self.fit_time_s


@dataclass
class Pace:
    """The trials that run; told of from any thread.

    Attributes
    ----------
    clock : Clock
    reserve : Reserve
    """

    clock: Clock
    reserve: Reserve
    _running: dict[int, _Progress] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, number: int, told: Mapping[str, Any]) -> None:
        """Take what a trial reports: ``fold`` of ``folds`` is done, and its fit took ``fit_time_s``."""
        now_s = time.monotonic()
        with self._lock:
            known = self._running.get(number)
            # Another process may begin it anew.
            began_s = now_s if known is None or not told["fold"] else known.began_s
            self._running[number] = _Progress(began_s, now_s, told["fold"], told["folds"], told["fit_time_s"])

    def forget(self, number: int) -> None:
        """Take note that a trial has ended."""
        with self._lock:
            self._running.pop(number, None)

    def find_hopeless(self, numbers: Collection[int]) -> list[int]:
        """Return those of the trials that can't be done in time, as long as there is time to begin others instead."""
        left_s, limit_s = self.clock.left_s, self.clock.limit_s
        if left_s is None or limit_s is None or left_s < 2.0 * self.reserve.find_least_s(0.0):
            return []
        allowed_s = left_s + TOLERANCE * limit_s
        return sorted(
            number
            for number, (rest_s, fit_time_s) in self._list_least().items()
            if number in numbers and rest_s + self.reserve.find_least_s(fit_time_s) > allowed_s
        )

    def is_over(self) -> bool:
        """Tell whether even the quickest model would take too long to train from now on.

        A limit so short that starting takes most of it can hardly be kept, and is used up for a first trial.
        """
        left_s, limit_s = self.clock.left_s, self.clock.limit_s
        if left_s is None or limit_s is None:
            return False
        allowed_s = TOLERANCE * limit_s
        if self.reserve.startup_s + 2.0 * self.reserve.find_least_s(0.0) > limit_s + allowed_s:
            return left_s < 0.0
        quickest_s = min((fit_time_s for _, fit_time_s in self._list_least().values()), default=0.0)
        return left_s + allowed_s < self.reserve.find_least_s(quickest_s)

    def _list_least(self) -> dict[int, tuple[float, float]]:
        now_s = time.monotonic()
        with self._lock:
            startup_s = self.reserve.startup_s
            return {number: progress.find_least_s(now_s, startup_s) for number, progress in self._running.items()}
