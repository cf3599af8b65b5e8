"""What a search knows of time: how much is left, and how much the end of it will take."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SAFETY = 1.25
"""By how much a fit may take longer than those that were measured."""

_STARTS = 1.6
"""What a final training takes besides fitting, in times of what starting and loading took: it starts and loads as well,
then measures, compiles and saves."""

_CHOOSING_S, _CHOOSING_SHARE = 1.0, 0.01


def find_process_start_s() -> float:
    """Return when this process began, as `time.monotonic` would have said it; where the system does not tell, now."""
    now_s = time.monotonic()
    try:
        # Behind the name, which may hold anything, the 20th field: ticks between the system's start and the process's.
        fields = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        age_s = time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError, IndexError, ValueError):
        return now_s
    return now_s - max(0.0, age_s)


@dataclass(frozen=True)
class Clock:
    """The time of one search.

    Attributes
    ----------
    began_s : float
        When it began, by `time.monotonic`, which all processes of a system share.
    limit_s : float or None
        How long it may take until the model is saved.
    """

    began_s: float
    limit_s: float | None = None

    @property
    def elapsed_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began_s

    @property
    def left_s(self) -> float | None:
        """Seconds to the end, below 0 behind it; None without a limit."""
        return None if self.limit_s is None else self.limit_s - self.elapsed_s


@dataclass(frozen=True)
class Reserve:
    """What must be left when the last trial ends.

    Attributes
    ----------
    startup_s : float
        From the beginning until the tables were loaded.
    growth : float
        How many times as many rows a final training has as a fold.
    n_parallel : int
        Fits of an ensemble's members that run at the same time.
    """

    startup_s: float
    growth: float
    n_parallel: int = 1

    def estimate_s(self, fit_times_s: Sequence[float], limit_s: float) -> float:
        """Estimate how long the choice and the final training take.

        Parameters
        ----------
        fit_times_s : sequence of float
            Of the models that will answer together, as the trials measured them.
        limit_s : float
            Of the whole search.
        """
        # Members are fitted side by side, but none of them in less than its own time.
        fits_s = max(sum(fit_times_s) / self.n_parallel, max(fit_times_s, default=0.0))
        return self._find_fixed_s(limit_s) + _SAFETY * self.growth * fits_s

    def find_least_s(self, fit_time_s: float) -> float:
        """Return what a final training of one model takes at least: a process has to start and load, and to fit."""
        return self.startup_s + self.growth * fit_time_s

    def find_fit_time_s(self, left_s: float, limit_s: float) -> float:
        """Return what the models of an ensemble may take to fit, as trials measure it; 0 if there is no time at all."""
        free_s = left_s - self._find_fixed_s(limit_s)
        return max(0.0, free_s * self.n_parallel / (_SAFETY * self.growth))

    def _find_fixed_s(self, limit_s: float) -> float:
        return _STARTS * self.startup_s + max(_CHOOSING_S, _CHOOSING_SHARE * limit_s)
