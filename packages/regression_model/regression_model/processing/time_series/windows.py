"""Finds windows within others by marks of runs of measurements, without comparing each window with every other one.

A mark is the value of a polynomial, modulo 2^64, whose coefficients are the measurements (R. M. Karp and M. O. Rabin,
*Efficient randomized pattern-matching algorithms*, IBM Journal of Research and Development 31 (1987)): those of all
runs of a window follow from the sums over its beginnings. Equal runs have equal marks; that the reverse holds is looked
at where it counts.
"""

from __future__ import annotations

import bisect
import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from regression_model.processing.time_series.links import MOST_LINKS, Links

Marks = np.ndarray[Any, np.dtype[np.uint64]]
Places = np.ndarray[Any, np.dtype[np.intp]]

_MODULUS = 1 << 64
_FACTOR = 0x9E3779B97F4A7C15  # odd, its bits evenly spread: 2^64 divided by the golden ratio
_INVERSE = pow(_FACTOR, -1, _MODULUS)


class Window:
    """The measurements of a window, and the marks of its runs.

    Parameters
    ----------
    cell : tuple of float

    Attributes
    ----------
    values : ndarray of shape (n_measurements,)
        There is one zero and one NaN among them.
    """

    def __init__(self, cell: tuple[float, ...]) -> None:
        self.values = np.asarray(cell, dtype=np.float64) + 0.0  # of two zeros, plus and minus, it makes one
        self.values[np.isnan(self.values)] = np.nan
        powers, self._inverses = _list_powers(1 << len(cell).bit_length())
        weighted = _spread(self.values.view(np.uint64)) * powers[: len(cell)]
        self._sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(weighted, dtype=np.uint64)])

    def __len__(self) -> int:
        return len(self.values)

    def mark(self, start: int, length: int) -> int:
        """Return the mark of one run."""
        difference = int(self._sums[start + length]) - int(self._sums[start])
        return difference * int(self._inverses[start]) % _MODULUS

    def mark_runs(self, length: int) -> Marks:
        """Return the marks of all runs of a length, of shape (n_measurements - length + 1,)."""
        differences = self._sums[length:] - self._sums[:-length]
        return np.asarray(differences * self._inverses[: len(differences)])


def link_windows(windows: Mapping[int, Window], alike: Sequence[int], places: Places, links: Links) -> None:
    """Link windows with those, of some that begin alike, that begin within them.

    All that follows has to be equal, up to the end of either window.

    Parameters
    ----------
    windows : mapping of int to Window
    alike : sequence of int
        Those that begin alike; no two of them are equal throughout.
    places : ndarray of int of shape (n_places, 2)
        A window, and where in it the run is found with which those begin; sorted by how many measurements follow.
    links : Links
        Where they are linked. Not all pairs are, where there are very many, but all that hang together.
    """
    by_length: dict[int, dict[int, int]] = defaultdict(dict)
    for other in alike:
        by_length[len(windows[other])][windows[other].mark(0, len(windows[other]))] = other
    lengths = sorted(by_length)
    few = alike if len(alike) <= MOST_LINKS else None
    for n_left, group in itertools.groupby(places.tolist(), key=lambda place: len(windows[place[0]]) - place[1]):
        shorter = lengths[: bisect.bisect_left(lengths, n_left)]
        longer: dict[int, list[int]] | None = None
        for row, start in group:
            if few is not None and all(other == row or links.is_enough(row, other) for other in few):
                continue
            found = _find_within(windows[row], start, by_length, shorter)
            if start > 0:  # else they, in turn, find this one within
                if longer is None:
                    longer = _mark_beginnings(windows, by_length, lengths[len(shorter) :], n_left)
                others = longer.get(windows[row].mark(start, n_left), [])
                found += [(n_left, other) for other in others]
                del others[MOST_LINKS:]  # the first window that was found to end as they begin connects them all
            for n_shared, other in found:
                if other != row and not links.is_enough(row, other):
                    _link_if_equal(windows, (row, start), other, n_shared, links)


def _find_within(
    window: Window, start: int, by_length: Mapping[int, Mapping[int, int]], lengths: Sequence[int]
) -> list[tuple[int, int]]:
    """Find windows that lie within another one from its place `start`, each with its length.

    What is shorter and lies there, too, is the beginning of the others: some of very many are enough.
    """
    within = ((length, by_length[length].get(window.mark(start, length))) for length in lengths)
    return list(itertools.islice(((length, row) for length, row in within if row is not None), MOST_LINKS))


def _mark_beginnings(
    windows: Mapping[int, Window], by_length: Mapping[int, Mapping[int, int]], lengths: Sequence[int], n_first: int
) -> dict[int, list[int]]:
    """Return windows of some lengths by the marks of their first measurements."""
    marked: dict[int, list[int]] = defaultdict(list)
    for length in lengths:
        for row in by_length[length].values():
            marked[windows[row].mark(0, n_first)].append(row)
    return marked


def _link_if_equal(
    windows: Mapping[int, Window], place: tuple[int, int], other: int, n_shared: int, links: Links
) -> None:
    row, start = place
    values, others = windows[row].values[start : start + n_shared], windows[other].values[:n_shared]
    if np.array_equal(values, others, equal_nan=True):
        links.add(row, other, n_shared / min(len(windows[row]), len(windows[other])))


@lru_cache(maxsize=32)
def _list_powers(n_powers: int) -> tuple[Marks, Marks]:
    """Return the powers of the factor and of its inverse, from 0, modulo 2^64."""
    exponents = [np.full(n_powers, base, dtype=np.uint64) for base in (_FACTOR, _INVERSE)]
    for powers in exponents:
        powers[0] = 1
    return np.cumprod(exponents[0], dtype=np.uint64), np.cumprod(exponents[1], dtype=np.uint64)


def _spread(bits: Marks) -> Marks:
    """Mix the bits of each number, of which those of whole ones are mostly zeros (the finaliser of SplitMix64)."""
    mixed = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
