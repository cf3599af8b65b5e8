"""Windows that share measurements: who learns from one and measures with the other, measures too well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

MIN_SHARED = 8
"""Equal measurements in a row from which two windows count as overlapping; fewer are equal by chance."""
_MIN_DISTINCT = 4  # different values among them: a sensor at rest repeats itself
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits evenly spread: 2^64 divided by the golden ratio


@dataclass(frozen=True)
class Overlap:
    """Windows that overlap.

    Attributes
    ----------
    n_windows : int
        Windows that share measurements with at least one other.
    n_pairs : int
        Pairs that share some.
    share : float
        Which part of a window the other one repeats, the median over the pairs, in (0, 1].
    groups : ndarray of int of shape (n_rows,)
        The same number for windows that hang together, directly or by others between them; of each group the
        position of its first window.
    """

    n_windows: int
    n_pairs: int
    share: float
    groups: np.ndarray[Any, np.dtype[np.intp]]

    def describe(self) -> str:
        """Say what was found and what to do, in one sentence."""
        n_groups = len(np.unique(self.groups))
        return (
            f"{self.n_windows:,} of {len(self.groups):,} windows share measurements with another ({self.n_pairs:,} "
            f"pairs, which overlap by {self.share:.0%}), so that a score on rows drawn at random is too good; "
            f"'evaluation.groups: overlap' keeps windows that overlap together ({n_groups:,} groups)"
        )


def find_overlap(series: pd.DataFrame | pd.Series) -> Overlap | None:
    """Find windows that begin within another one.

    The first measurements of each window are looked for in all others; where they are found, all that follows has to
    be equal, too, up to the end of either window. Windows that begin with the same value over and over are not looked
    for.

    Parameters
    ----------
    series : DataFrame of shape (n_rows, n_columns), or Series of length n_rows
        Tuples of float, or None for a missing series. Windows overlap if they do in any column.

    Returns
    -------
    Overlap or None
        None if no windows overlap.

    Examples
    --------
    >>> signal = np.sin(np.arange(60.0) ** 1.5)
    >>> windows = pd.Series([tuple(signal[start : start + 20]) for start in (0, 10, 40)])
    >>> find_overlap(windows).groups
    array([0, 0, 2])
    """
    columns = [series] if isinstance(series, pd.Series) else [series[name] for name in series.columns]
    pairs: dict[tuple[int, int], float] = {}
    for column in columns:
        for first, second, share in _find_pairs(column.tolist()):
            pair = min(first, second), max(first, second)
            pairs[pair] = max(share, pairs.get(pair, 0.0))
    if not pairs:
        return None
    groups = _connect(len(series), pairs)
    windows = {row for pair in pairs for row in pair}
    return Overlap(len(windows), len(pairs), float(np.median(list(pairs.values()))), groups)


def _find_pairs(cells: Sequence[tuple[float, ...] | None]) -> Iterator[tuple[int, int, float]]:
    """Yield a window, another one that begins within it, and the part of the shorter one that they share."""
    # Adding zero makes one zero of the two that there are.
    windows = {row: np.asarray(cell) + 0.0 for row, cell in enumerate(cells) if cell and len(cell) >= MIN_SHARED}
    marks = {row: _mark_segments(window) for row, window in windows.items()}
    heads: dict[int, list[int]] = defaultdict(list)
    for row, window in windows.items():
        if len(np.unique(window[:MIN_SHARED])) >= _MIN_DISTINCT:
            heads[int(marks[row][0])].append(row)
    wanted = np.array(sorted(heads), dtype=np.uint64)
    for row, window in windows.items():
        for start in np.flatnonzero(np.isin(marks[row], wanted)).tolist():
            for other in heads[int(marks[row][start])]:
                n_shared = min(len(window) - start, len(windows[other]))
                is_same = np.array_equal(window[start : start + n_shared], windows[other][:n_shared], equal_nan=True)
                if other != row and is_same:
                    yield row, other, n_shared / min(len(window), len(windows[other]))


def _mark_segments(window: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Return a number for each run of `MIN_SHARED` measurements; equal runs have equal numbers."""
    bits = window.view(np.uint64)
    n_segments = len(window) - MIN_SHARED + 1
    marks = np.zeros(n_segments, dtype=np.uint64)
    for place in range(MIN_SHARED):
        marks = marks * _FACTOR + bits[place : place + n_segments]  # modulo 2^64
    return marks


def _connect(n_rows: int, pairs: Iterable[tuple[int, int]]) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Give each row the number of the first one that it is connected with."""
    parents = list(range(n_rows))

    def find(row: int) -> int:
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    for first, second in pairs:
        low, high = sorted((find(first), find(second)))
        parents[high] = low
    return np.array([find(row) for row in range(n_rows)], dtype=np.intp)
