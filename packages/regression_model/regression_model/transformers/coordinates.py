"""Finding the nearest of some places on earth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from sklearn.neighbors import BallTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TIE = 1e-12
"""Angle in radians, 6 micrometres on earth: places whose distances differ by less are at the same distance."""

EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 of the GRS 80 ellipsoid (Moritz, Geodetic Reference System 1980, J. Geodesy 74, 2000)."""


class NearestPlace:
    """Finds the nearest of some places by the great-circle distance on a sphere of radius 6371.0088 km.

    The distance is that of the haversine formula (Sinnott, *Virtues of the haversine*, Sky and Telescope 68,
    1984), as scikit-learn's ``BallTree`` computes it. A tree counts its queries, and its pickled form would
    change with each prediction; hence only the places are pickled, and the tree is built anew from them.

    Parameters
    ----------
    places : ndarray of shape (n_places, 2)
        Latitude in [-90, 90] and longitude in [-180, 360], in degrees; at least one place.
    """

    def __init__(self, places: NDArray[np.float64]) -> None:
        self.places = places
        self._tree = BallTree(np.radians(places), metric="haversine")

    def __reduce__(self) -> tuple[type[NearestPlace], tuple[NDArray[np.float64]]]:
        return NearestPlace, (self.places,)

    def find_positions(self, coordinates: NDArray[np.float64], max_distance_km: float = math.inf) -> NDArray[np.intp]:
        """Return the position of the nearest place for each row.

        Parameters
        ----------
        coordinates : ndarray of shape (n_rows, 2)
            Latitude and longitude in degrees.
        max_distance_km : float, default=inf
            A place further away than this is not found; at least 0.

        Returns
        -------
        ndarray of shape (n_rows,)
            Position in ``places``, of several at the same distance the first; -1 where coordinates are missing or out
            of range, or all are too far away.
        """
        positions = np.full(len(coordinates), -1, dtype=np.intp)
        rows = np.flatnonzero(are_on_earth(coordinates))
        if len(rows):
            radians = np.radians(coordinates[rows])
            angles = self._tree.query(radians, return_distance=True)[0][:, 0]
            # Which of several the tree meets first depends on how it was built; the first in order does not.
            nearest = self._tree.query_radius(radians, r=angles + _TIE)
            near = angles * EARTH_RADIUS_KM <= max_distance_km
            positions[rows] = np.where(near, [found.min() for found in nearest], -1)
        return positions


def are_on_earth(coordinates: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say for each row whether latitude is in [-90, 90] and longitude in [-180, 360]; NaN is not.

    Parameters
    ----------
    coordinates : ndarray of shape (n_rows, 2)
        Latitude and longitude in degrees.

    Returns
    -------
    ndarray of shape (n_rows,)
        True where both are in range.
    """
    latitude, longitude = coordinates.T
    on_earth: NDArray[np.bool_] = (np.abs(latitude) <= 90) & (longitude >= -180) & (longitude <= 360)
    return on_earth
