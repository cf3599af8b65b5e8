"""Numbers from a reference table, found by the nearest coordinates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from regression_model.compiled.columns import Column, Flags, Floats
from regression_model.compiled.operations.base import Operation, RowFunction
from regression_model.compiled.operations.fields import Fields, check_array_finite, check_same_length
from regression_model.compiled.operations.lookups import read_values

_EARTH_RADIUS_KM = 6371.0088
_SAME_ANGLE = 1e-12
"""In radians: places whose distances differ by less than 7 micrometres are equally near, and the first is taken."""
_CELLS_AT_ONCE = 2_000_000
"""Distances that are in memory at the same time."""


@dataclass(frozen=True, eq=False)
class LookupNearest(Operation):
    """The numbers of the nearest place by the great-circle distance; missing where none is near enough.

    Attributes
    ----------
    places : ndarray of shape (n_places, 2)
        Latitude and longitude in degrees.
    values : ndarray of shape (n_places + 1, n_outputs)
        The numbers of the places, and missing ones at the end.
    max_distance_km : float or None
    """

    places: Floats = field(repr=False)
    values: Floats = field(repr=False)
    max_distance_km: float | None

    NAME = "lookup_nearest"
    MANY = True

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        sources = fields.sources("number")
        places = fields.array("places", "f", 2)
        if len(sources) != 2 or places.shape[1] != 2 or not len(places):
            fields.refuse("has no latitude and longitude, or no places")
        check_array_finite(fields, places, "'places'")
        values, targets = read_values(fields)
        check_same_length(fields, "'places' and 'values'", len(places), len(values) - 1)
        places = places.astype(np.float64, copy=False)
        return cls(sources, targets, places, values, fields.number_or_null("max_distance_km"))

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        rows = self.values.tolist()

        def lookup_nearest(latitude: float, longitude: float) -> list[float]:
            found = self._find(np.array([latitude]), np.array([longitude]))
            row: list[float] = rows[found.item()]
            return row

        return lookup_nearest

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        del failed
        found = self._find(*map(np.asarray, columns))
        return [np.ascontiguousarray(column) for column in self.values[found].T]

    def _find(self, latitude: Floats, longitude: Floats) -> NDArray[np.intp]:
        """Return the position of the nearest place for each row, -1 where there is none."""
        positions = np.full(len(latitude), -1, dtype=np.intp)
        on_earth = np.flatnonzero((np.abs(latitude) <= 90) & (longitude >= -180) & (longitude <= 360))
        step = max(1, _CELLS_AT_ONCE // len(self.places))
        for start in range(0, len(on_earth), step):
            rows = on_earth[start : start + step]
            positions[rows] = self._find_some(np.radians(latitude[rows]), np.radians(longitude[rows]))
        return positions

    def _find_some(self, latitude: Floats, longitude: Floats) -> NDArray[np.intp]:
        # The haversine formula (Sinnott, Virtues of the haversine, Sky and Telescope 68, 1984).
        places = np.radians(self.places).T
        along = np.sin(0.5 * (latitude[:, None] - places[0]))
        across = np.sin(0.5 * (longitude[:, None] - places[1]))
        halves = along * along + np.cos(latitude)[:, None] * np.cos(places[0]) * across * across
        angles = 2 * np.arcsin(np.sqrt(np.minimum(halves, 1.0)))
        smallest = angles.min(axis=1)
        nearest = (angles <= smallest[:, None] + _SAME_ANGLE).argmax(axis=1)
        limit_km = math.inf if self.max_distance_km is None else self.max_distance_km
        return np.where(smallest * _EARTH_RADIUS_KM <= limit_km, nearest, -1)
