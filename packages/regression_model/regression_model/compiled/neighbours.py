"""The nearest of many places in a plane, and averages over them: the same bits for one row as for many.

Only additions, multiplications, divisions and square roots of IEEE 754 are used, in a fixed order, so that a row is
equally far from a place whoever computes it, and ties are broken alike.
"""

from __future__ import annotations

import math
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from regression_model.compiled.columns import Floats

Positions = NDArray[np.intp]

_BLOCK = 64
"""Places that lie together in memory and in the plane."""

_ROWS_AT_ONCE = 2048
"""Rows whose distances are in memory at the same time."""

FURTHEST = 1e150
"""Coordinates beyond this have no neighbours: the square of a distance would be infinite."""


def arrange(places: Floats) -> Positions:
    """Find an order in which places that follow each other are near each other.

    The plane is halved again and again, across the longer side, so that each run of 64 places fills a small rectangle
    (Bentley, Multidimensional binary search trees used for associative searching, CACM 18, 1975).

    Parameters
    ----------
    places : ndarray of shape (n_places, 2)

    Returns
    -------
    ndarray of shape (n_places,)
        Positions of the places. Depends on nothing but the places and their order.
    """
    done: list[Positions] = []
    left = [np.arange(len(places))]
    while left:
        own = left.pop()
        if len(own) <= _BLOCK:
            done.append(own)
            continue
        axis = int(np.ptp(places[own], axis=0).argmax())
        own = own[np.argsort(places[own, axis], kind="stable")]
        middle = -(-len(own) // (2 * _BLOCK)) * _BLOCK  # a multiple of the block: only the last one is not full
        left += [own[middle:], own[:middle]]
    return np.concatenate(done)


def squared_distances(places: Floats, first: Floats, second: Floats) -> Floats:
    """Return the squares of the distances of places to a point, or to points that broadcast with them."""
    along, across = places[..., 0] - first, places[..., 1] - second
    squares: Floats = along * along + across * across
    return squares


class NearestPlaces:
    """Finds the nearest places of a point.

    Parameters
    ----------
    places : ndarray of shape (n_places, 2)
        In the order of `arrange`; any other order is searched right, too, but slowly. At least one, all within
        ``FURTHEST``.
    """

    def __init__(self, places: Floats) -> None:
        self.places = places
        self._columns = np.ascontiguousarray(places.T)
        starts = np.arange(0, len(places), _BLOCK)
        self._low = np.minimum.reduceat(self._columns, starts, axis=1)
        self._high = np.maximum.reduceat(self._columns, starts, axis=1)
        self._offsets = np.arange(_BLOCK)
        self._last_is_full = len(places) % _BLOCK == 0

    def find_row(self, first: float, second: float, n: int) -> tuple[Floats, Positions]:
        """Find the ``n`` nearest places of a point.

        Parameters
        ----------
        first, second : float
            Within ``FURTHEST``.
        n : int
            At least 1, at most as many as there are places.

        Returns
        -------
        squares : ndarray of shape (n,)
            Squared distances, ascending.
        positions : ndarray of shape (n,)
            Of places at the same distance, those that come first in order.
        """
        # The same arithmetic as below, with both coordinates in one array: half as many calls of NumPy.
        point = np.array([[first], [second]])
        blocks = _add_squares(np.minimum(np.maximum(self._low, point), self._high) - point)
        positions = self._in_blocks(np.argpartition(blocks, self._enough(n) - 1)[: self._enough(n)])
        squares = _add_squares(self._columns[:, positions] - point)
        squares.partition(n - 1)
        positions = self._in_blocks((blocks <= squares[n - 1]).nonzero()[0])
        squares = _add_squares(self._columns[:, positions] - point)
        order = squares.argsort(kind="stable")[:n]
        return squares[order], positions[order]

    def find(self, points: Floats, n: int) -> tuple[Floats, Positions]:
        """Find the ``n`` nearest places of many points; as `find_row`, for each.

        Parameters
        ----------
        points : ndarray of shape (n_rows, 2)
        n : int

        Returns
        -------
        squares, positions : ndarray of shape (n_rows, n)
        """
        squares, positions = np.empty((len(points), n)), np.empty((len(points), n), dtype=np.intp)
        for start in range(0, len(points), _ROWS_AT_ONCE):
            rows = np.arange(start, min(start + _ROWS_AT_ONCE, len(points)))
            blocks = self._block_squares(points[rows, 0][:, None], points[rows, 1][:, None])
            homes = blocks.argmin(axis=1)
            for home in np.unique(homes):
                own = np.flatnonzero(homes == home)
                found = self._find_together(points[rows[own]], blocks[own], int(home), n)
                squares[rows[own]], positions[rows[own]] = found
        return squares, positions

    def _find_together(self, points: Floats, blocks: Floats, home: int, n: int) -> tuple[Floats, Positions]:
        """Find the nearest places of points that lie in, or next to, the same block."""
        first, second = points[:, :1], points[:, 1:]
        n_blocks = self._enough(n)
        start = max(0, min(home - n_blocks // 2, blocks.shape[1] - n_blocks))
        near = self._squares(self._in_blocks(np.arange(start, min(start + n_blocks, blocks.shape[1]))), first, second)
        bounds = np.partition(near, n - 1, axis=1)[:, n - 1]
        positions = self._in_blocks(np.flatnonzero((blocks <= bounds[:, None]).any(axis=0)))
        return select_nearest(self._squares(positions, first, second), positions, n)

    def _block_squares(self, first: Floats | float, second: Floats | float) -> Floats:
        """Return the square of the distance to each block's rectangle, which no place in it is nearer than."""
        along = np.maximum(np.maximum(self._low[0] - first, first - self._high[0]), 0.0)
        across = np.maximum(np.maximum(self._low[1] - second, second - self._high[1]), 0.0)
        squares: Floats = along * along + across * across
        return squares

    def _enough(self, n: int) -> int:
        """Return how many blocks have ``n`` places in any case, the last one being perhaps nearly empty."""
        return min(len(self._low[0]), -(-n // _BLOCK) + 1)

    def _in_blocks(self, blocks: Positions) -> Positions:
        """Return the positions of all places in some blocks, ascending."""
        positions = (blocks[:, None] * _BLOCK + self._offsets).ravel()
        return positions if self._last_is_full else positions[positions < len(self.places)]

    def _squares(self, positions: Positions, first: Floats | float, second: Floats | float) -> Floats:
        along, across = self._columns[0][positions] - first, self._columns[1][positions] - second
        squares: Floats = along * along + across * across
        return squares


_KEPT: WeakValueDictionary[int, NearestPlaces] = WeakValueDictionary()
"""By the identity of the array, which is in use as long as the entry is."""


def find_nearest_places(places: Floats) -> NearestPlaces:
    """Return the one search among the places of an array that all who hold it share.

    Parameters
    ----------
    places : ndarray of shape (n_places, 2)
        See `NearestPlaces`; nobody changes it.
    """
    kept = _KEPT.get(id(places))
    if kept is None:
        kept = _KEPT[id(places)] = NearestPlaces(places)
    return kept


def _add_squares(differences: Floats) -> Floats:
    differences *= differences
    squares: Floats = differences[0] + differences[1]
    return squares


def select_nearest(squares: Floats, positions: Positions, n: int) -> tuple[Floats, Positions]:
    """Select the ``n`` nearest of candidates, row by row, in the order of `NearestPlaces.find_row`.

    Parameters
    ----------
    squares : ndarray of shape (n_rows, n_candidates)
    positions : ndarray of shape (n_candidates,)
        Ascending.
    n : int
    """
    if squares.shape[1] > n:
        chosen = np.sort(np.argpartition(squares, n - 1, axis=1)[:, :n], axis=1)
        kept = np.take_along_axis(squares, chosen, axis=1)
        furthest = kept.max(axis=1, keepdims=True)
        tied = (squares == furthest).sum(axis=1) > (kept == furthest).sum(axis=1)
        # Which of several equally far ones a partition takes, is left open; the first in order is not.
        chosen[tied] = np.argsort(squares[tied], axis=1, kind="stable")[:, :n]
    else:
        chosen = np.broadcast_to(np.arange(n), squares.shape)
    kept = np.take_along_axis(squares, chosen, axis=1)
    order = np.argsort(kept, axis=1, kind="stable")
    return np.take_along_axis(kept, order, axis=1), positions[np.take_along_axis(chosen, order, axis=1)]


def average(squares: Floats, counts: Floats, means: Floats, k: int, softening: float | None) -> Floats:
    """Average over the nearest places that together have ``k`` rows, each row counting by its nearness.

    Parameters
    ----------
    squares : ndarray of shape (n_rows, n_places)
        Squared distances, ascending.
    counts : ndarray of shape (n_rows, n_places)
        How many training rows there are at each place.
    means : ndarray of shape (n_rows, n_places, n_outputs)
        What they have on average.
    k : int
    softening : float or None
        A row counts by one over its distance plus this, above 0; None: all count the same.

    Returns
    -------
    ndarray of shape (n_rows, n_outputs)
    """
    # Sums from left to right, as `np.cumsum` does and `np.sum` does not: no other order, no other last bit.
    before = np.cumsum(counts, axis=1) - counts
    weights = counts if softening is None else counts / (np.sqrt(squares) + softening)
    weights = np.where(before < k, weights, 0.0)
    total = np.cumsum(weights, axis=1)[:, -1]
    weighted: Floats = np.cumsum(weights[:, :, None] * means, axis=1)[:, -1] / total[:, None]
    return weighted


def average_row(
    squares: list[float], counts: list[float], means: list[list[float]], k: int, softening: float | None
) -> list[float]:
    """Average as `average` does, to the bit, for one row; faster for a few places.

    Parameters
    ----------
    squares, counts : list of float
        One for each place.
    means : list of list of float
        For each place what its rows have on average.
    k : int
    softening : float or None

    Returns
    -------
    list of float
        One for each output.
    """
    before = total = 0.0
    sums = [0.0] * len(means[0])
    for square, count, own in zip(squares, counts, means, strict=True):
        if before >= k:
            break
        before += count
        weight = count if softening is None else count / (math.sqrt(square) + softening)
        total += weight
        sums = [value + weight * mean for value, mean in zip(sums, own, strict=True)]
    return [value / total for value in sums]


def in_plane(first: Floats, second: Floats, *, shrink: float, geographic: bool) -> tuple[Floats, NDArray[np.bool_]]:
    """Return coordinates in a plane, and for which rows there are any.

    Parameters
    ----------
    first, second : ndarray of shape (n_rows,)
        Latitude and longitude in degrees, or others; NaN for missing.
    shrink : float
        By which the second is multiplied: the cosine of a latitude, where a degree of longitude is shorter.
    geographic : bool
        Whether only latitudes in [-90, 90] and longitudes in [-180, 360] are valid.

    Returns
    -------
    points : ndarray of shape (n_rows, 2)
    valid : ndarray of bool of shape (n_rows,)
    """
    if geographic:
        valid = (np.abs(first) <= 90) & (second >= -180) & (second <= 360)
    else:
        valid = (np.abs(first) <= FURTHEST) & (np.abs(second) <= FURTHEST)
    return np.column_stack([first, second * shrink]), valid


def find_shrink(first: Floats, *, geographic: bool) -> float:
    """Return the cosine of the middle latitude, at least 0.01; 1 for coordinates that are no degrees."""
    return max(math.cos(math.radians(float(np.median(first)))), 0.01) if geographic else 1.0
