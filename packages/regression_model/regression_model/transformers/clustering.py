"""The centres around which points of a plane lie (k-means), the same ones wherever they are computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regression_model.compiled.neighbours import squared_distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_PLACES = 5_000
"""Of more different places only so many are used, every so manieth in order: centres are no better for the others."""

_MOST_ROUNDS = 100


def find_centres(points: NDArray[np.float64], n_centres: int, seed: int) -> NDArray[np.float64]:
    """Find centres with a small sum of squared distances to the points (Lloyd's algorithm from k-means++).

    scikit-learn's `KMeans` multiplies matrices and sums in threads, so that the last bits depend on the machine. Here
    only elementwise arithmetic is used. The first centres are drawn as D. Arthur and S. Vassilvitskii say
    (*k-means++: the advantages of careful seeding*, SODA 2007).

    Parameters
    ----------
    points : ndarray of shape (n_rows, 2)
        Finite; their order does not matter.
    n_centres : int
    seed : int

    Returns
    -------
    ndarray of shape (n_centres, 2)
        In ascending order; the last one repeated if there are fewer different points.
    """
    places, counts = np.unique(points, axis=0, return_counts=True)
    step = -(-len(places) // _MOST_PLACES)
    places, weights = np.ascontiguousarray(places[::step]), counts[::step].astype(np.float64)
    if len(places) <= n_centres:
        return np.vstack([places, np.repeat(places[-1:], n_centres - len(places), axis=0)])
    centres = _draw_first(places, weights, n_centres, np.random.default_rng(seed))
    labels = np.full(len(places), -1)
    for _ in range(_MOST_ROUNDS):
        before, labels = labels, _nearest(places, centres)
        if np.array_equal(before, labels):
            break
        totals = np.bincount(labels, weights, n_centres)
        sums = np.column_stack([np.bincount(labels, weights * axis, n_centres) for axis in places.T])
        # A centre that has lost all its points stays where it is.
        centres = np.where(totals[:, None] > 0, sums / np.maximum(totals, 1.0)[:, None], centres)
    return np.ascontiguousarray(centres[np.lexsort((centres[:, 1], centres[:, 0]))])


def _draw_first(
    places: NDArray[np.float64], weights: NDArray[np.float64], n_centres: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Draw centres far from each other: each with a chance that grows with the square of its distance."""
    centres = np.empty((n_centres, 2))
    chances = weights
    nearest = np.full(len(places), np.inf)
    for number in range(n_centres):
        sums = np.cumsum(chances)
        chosen = min(int(np.searchsorted(sums, random.random() * sums[-1], side="right")), len(places) - 1)
        centres[number] = places[chosen]
        nearest = np.minimum(nearest, squared_distances(places, centres[number, :1], centres[number, 1:]))
        chances = weights * nearest
    return centres


def _nearest(places: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.intp]:
    along = places[:, :1] - centres[:, 0]
    across = places[:, 1:] - centres[:, 1]
    labels: NDArray[np.intp] = (along * along + across * across).argmin(axis=1)
    return labels
