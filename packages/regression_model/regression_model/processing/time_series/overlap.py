"""Windows that share measurements: who learns from one and measures with the other, measures too well."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from regression_model.processing.time_series.links import Links
from regression_model.processing.time_series.windows import Places, Window, link_windows

MIN_SHARED = 8
"""Equal measurements in a row from which two windows count as overlapping; fewer are equal by chance."""
_MIN_DISTINCT = 4  # different values among them: a sensor at rest repeats itself


@dataclass(frozen=True)
class Overlap:
    """Windows that overlap.

    Attributes
    ----------
    n_windows : int
        Windows that share measurements with at least one other.
    n_pairs : int
        Pairs that share some. Of windows that are equal, each counts with the first of them only; of a window that
        overlaps with more than 50 others, not all pairs are looked for.
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
    links = Links(len(series))
    for column in columns:
        _link(column.tolist(), links)
    shares = list(links.shares.values())
    if not shares:
        return None
    windows = {row for pair in links.shares for row in pair}
    return Overlap(len(windows), len(shares), float(np.median(shares)), links.number_groups())


def _link(cells: Sequence[tuple[float, ...] | None], links: Links) -> None:
    """Link windows of one column that overlap.

    Of equal windows each is linked with the first of them, and this one alone with others.
    """
    windows: dict[int, Window] = {}
    heads: dict[int, list[int]] = defaultdict(list)
    firsts: dict[bytes, int] = {}
    for row, cell in enumerate(cells):
        if not cell or len(cell) < MIN_SHARED:
            continue
        window = Window(cell)
        if len(np.unique(window.values[:MIN_SHARED])) >= _MIN_DISTINCT:
            first = firsts.setdefault(window.values.tobytes(), row)
            if first != row:
                links.add(first, row, 1.0)
                continue
            heads[window.mark(0, MIN_SHARED)].append(row)
        windows[row] = window
    for mark, places in _find_heads(windows, sorted(heads)):
        link_windows(windows, heads[mark], places, links)


def _find_heads(windows: Mapping[int, Window], marks: Sequence[int]) -> Iterator[tuple[int, Places]]:
    """Find the runs that some windows begin with: for each of their marks the windows and the places in them."""
    if not marks:
        return
    wanted = np.array(marks, dtype=np.uint64)
    found = []
    for row, window in windows.items():
        runs = window.mark_runs(MIN_SHARED)
        at = np.minimum(np.searchsorted(wanted, runs), len(wanted) - 1)
        starts = np.flatnonzero(wanted[at] == runs)
        found.append(np.stack([at[starts], len(window) - starts, np.full(len(starts), row), starts]))
    places = np.concatenate(found, axis=1)
    places = places[:, np.lexsort(places[1::-1])]
    ends = np.searchsorted(places[0], np.arange(len(marks) + 1))
    for mark, (start, end) in zip(marks, itertools.pairwise(ends), strict=True):
        yield mark, places[2:, start:end].T
