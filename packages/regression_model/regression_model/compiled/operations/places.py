"""Distances to places of a plane, and averages over the nearest of many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import numpy as np

from regression_model.compiled.columns import Column, Flags, Floats
from regression_model.compiled.neighbours import (
    FURTHEST,
    NearestPlaces,
    average,
    average_row,
    find_nearest_places,
    in_plane,
)
from regression_model.compiled.operations.base import Operation, RowFunction
from regression_model.compiled.operations.fields import Fields, check_array_finite, check_same_length

_MOST_NEIGHBOURS = 10_000
_CELLS_AT_ONCE = 4_000_000
"""Numbers that are in memory at the same time for each row's neighbours."""


@dataclass(frozen=True, eq=False)
class _InPlane(Operation):
    """What is computed from two coordinates; missing where one is, or is out of range.

    Attributes
    ----------
    places : ndarray of shape (n_places, 2)
        In the plane: the second coordinate times ``shrink``.
    shrink : float
    geographic : bool
        Whether coordinates are degrees.
    """

    places: Floats = field(repr=False)
    shrink: float
    geographic: bool

    MANY = True

    def is_valid(self, first: float, second: float) -> bool:
        """Say whether a row has coordinates; see `regression_model.compiled.neighbours.in_plane`."""
        if self.geographic:
            return -90 <= first <= 90 and -180 <= second <= 360
        return abs(first) <= FURTHEST and abs(second) <= FURTHEST

    def find_points(self, columns: Sequence[Column]) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        """Return points in the plane, and which rows have one."""
        first, second = map(np.asarray, columns)
        with np.errstate(all="ignore"):
            return in_plane(first, second, shrink=self.shrink, geographic=self.geographic)


def _read_plane(fields: Fields) -> tuple[tuple[int, ...], Floats, float, bool]:
    sources = fields.sources("number")
    places = fields.doubles("places", 2)
    if len(sources) != 2 or places.shape[1] != 2 or not len(places):
        fields.refuse("has no two coordinates, or no places")
    check_array_finite(fields, places, "'places'")
    if np.abs(places).max() > FURTHEST:
        fields.refuse("has 'places' that are too far away")
    shrink = fields.number("shrink")
    if not 0 < shrink <= 1:
        fields.refuse("has a 'shrink' that is not in (0, 1]")
    return sources, places, shrink, fields.flag("geographic")


@dataclass(frozen=True, eq=False)
class PlaceDistances(_InPlane):
    """The distances to places, and the number of the nearest one, from 1.

    Attributes
    ----------
    unit : float
        What distances in the plane are multiplied by.
    distances, nearest : bool
        What is computed; the number comes last.
    """

    unit: float
    distances: bool
    nearest: bool

    NAME = "place_distances"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        sources, places, shrink, geographic = _read_plane(fields)
        unit, distances, nearest = fields.number("unit"), fields.flag("distances"), fields.flag("nearest")
        targets = fields.targets()
        check_same_length(fields, "places and slots", len(places) * distances + nearest, len(targets))
        return cls(sources, targets, places, shrink, geographic, unit, distances, nearest)

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        places: list[tuple[float, float]] = [(along, across) for along, across in self.places.tolist()]
        shrink, unit, distances, nearest = self.shrink, self.unit, self.distances, self.nearest
        nothing = [math.nan] * len(self.outputs)
        is_valid, root = self.is_valid, math.sqrt

        def place_distances(first: float, second: float) -> list[float]:
            if not is_valid(first, second):
                return nothing
            second *= shrink
            squares = [
                (along - first) * (along - first) + (across - second) * (across - second) for along, across in places
            ]
            row = [root(square) * unit for square in squares] if distances else []
            if nearest:
                row.append(squares.index(min(squares)) + 1.0)
            return row

        return place_distances

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        del failed
        points, valid = self.find_points(columns)
        results: list[Column] = []
        least: Floats = np.full(len(points), np.inf)
        number: Floats = np.full(len(points), np.nan)
        with np.errstate(all="ignore"):
            for position, (first, second) in enumerate(self.places.tolist()):
                along, across = first - points[:, 0], second - points[:, 1]
                squares = along * along + across * across
                if self.distances:
                    results.append(np.where(valid, np.sqrt(squares) * self.unit, np.nan))
                nearer = valid & (squares < least)
                least[nearer], number[nearer] = squares[nearer], position + 1.0
        return [*results, number] if self.nearest else results


@dataclass(frozen=True, eq=False)
class NeighbourMeans(_InPlane):
    """Means over the nearest training rows, for several numbers of them.

    Attributes
    ----------
    values : ndarray of shape (n_places, n_values)
        What the rows at each place have on average.
    counts : ndarray of shape (n_places,)
        How many they are.
    k : tuple of int
        For each, in turn, there are as many outputs as there are values.
    softening : float or None
        See `regression_model.compiled.neighbours.average`.
    """

    values: Floats = field(repr=False)
    counts: Floats = field(repr=False)
    k: tuple[int, ...]
    softening: float | None

    NAME = "neighbour_means"
    SHARES_ARRAYS = True

    @cached_property
    def nearest(self) -> NearestPlaces:
        """The search for places, one for all operations over the same array."""
        return find_nearest_places(self.places)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        sources, places, shrink, geographic = _read_plane(fields)
        values, counts = fields.doubles("values", 2), fields.doubles("counts", 1)
        check_same_length(fields, "'places', 'values' and 'counts'", len(places), len(values), len(counts))
        check_array_finite(fields, values, "'values'")
        check_array_finite(fields, counts, "'counts'")
        if counts.min() < 1:
            fields.refuse("has 'counts' below 1")
        numbers = fields.as_numbers(fields.take("k"), "k")
        if not numbers or any(k != int(k) or not 1 <= k <= _MOST_NEIGHBOURS for k in numbers):
            fields.refuse(f"has a 'k' that is no list of whole numbers from 1 to {_MOST_NEIGHBOURS}")
        softening = fields.number_or_null("softening")
        if softening is not None and softening <= 0:
            fields.refuse("has a 'softening' that is not above 0")
        targets = fields.targets()
        check_same_length(fields, "slots and means", len(targets), len(numbers) * values.shape[1])
        return cls(sources, targets, places, shrink, geographic, values, counts, tuple(map(int, numbers)), softening)

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        places = self.nearest
        n = min(max(self.k), len(self.places))
        counts, values, softening, numbers, shrink = self.counts, self.values, self.softening, self.k, self.shrink
        nothing = [math.nan] * len(self.outputs)
        is_valid = self.is_valid

        def neighbour_means(first: float, second: float) -> list[float]:
            if not is_valid(first, second):
                return nothing
            squares, positions = places.find_row(first, second * shrink, n)
            near = squares.tolist(), counts[positions].tolist(), values[positions].tolist()
            return [mean for k in numbers for mean in average_row(*near, k, softening)]

        return neighbour_means

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        del failed
        points, valid = self.find_points(columns)
        places = self.nearest
        n = min(max(self.k), len(self.places))
        rows = np.flatnonzero(valid)
        results = np.full((len(points), len(self.outputs)), np.nan)
        step = max(1, _CELLS_AT_ONCE // (n * self.values.shape[1]))
        for start in range(0, len(rows), step):
            own = rows[start : start + step]
            squares, positions = places.find(points[own], n)
            near, means = self.counts[positions], self.values[positions]
            results[own] = np.hstack([average(squares, near, means, k, self.softening) for k in self.k])
        return [np.ascontiguousarray(column) for column in results.T]
