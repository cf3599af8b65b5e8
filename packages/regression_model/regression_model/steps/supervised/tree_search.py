"""The nearest places of many points, found by SciPy's tree: faster than `NearestPlaces`, with the same answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regression_model.compiled.neighbours import squared_distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from regression_model.compiled.neighbours import NearestPlaces

_FEW_ROWS = 200
"""Below this it takes longer to build the tree."""

_SPARE = 8
"""Candidates besides those that are asked for, so that ties at the end can be seen."""

_ROUNDING = 1e-9
"""Relative; the tree's distances differ in the last bits. Generous."""


def find_nearest(
    places: NearestPlaces, points: NDArray[np.float64], n: int
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Find the ``n`` nearest places of points, as `NearestPlaces.find` does, to the bit.

    The tree only proposes candidates. Distances are computed anew, and rows in which another place could be as near as
    the last one are searched without it.

    Parameters
    ----------
    places : NearestPlaces
    points : ndarray of shape (n_rows, 2)
    n : int

    Returns
    -------
    squares, positions : ndarray of shape (n_rows, n)
    """
    n_candidates = n + _SPARE
    if len(points) < _FEW_ROWS or n_candidates >= len(places.places):
        return places.find(points, n)
    from scipy.spatial import cKDTree

    distances, candidates = cKDTree(places.places).query(points, n_candidates)
    candidates = np.sort(candidates, axis=1)
    own = squared_distances(places.places[candidates], points[:, :1], points[:, 1:])
    order = np.argsort(own, axis=1, kind="stable")[:, :n]
    squares, positions = np.take_along_axis(own, order, axis=1), np.take_along_axis(candidates, order, axis=1)
    open_rows = np.flatnonzero(np.sqrt(squares[:, -1]) * (1 + _ROUNDING) >= distances[:, -1])
    if len(open_rows):
        squares[open_rows], positions[open_rows] = places.find(points[open_rows], n)
    return squares, positions
