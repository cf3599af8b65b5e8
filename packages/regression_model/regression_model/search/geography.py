"""Finds latitude and longitude by their values: whatever the columns are called, and in whatever order.

A pair of columns is taken for coordinates if

1. both hold numbers with at least two decimals, of about the same number of decimals, and of many distinct values,
   one within [-90, 90], the other within [-180, 180], neither beginning at zero as amounts and parts do, nor one a
   function of the other;
2. their points lie closer together than they would if the two columns had nothing to do with each other, as places
   do, which lie along coasts, roads and in towns;
3. the target is smooth over them: the mean of the nearest other rows says clearly more of it than either column does
   alone, or the two added up.

Names that say so (``lat``, ``lng``) make up for 3. Only the rows to learn from are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.profiling.association import as_bins, as_ranks, as_scores, explained_by_groups, explained_by_order
from regression_model.profiling.names import split_words

if TYPE_CHECKING:
    import pandas as pd

Floats = np.ndarray[Any, np.dtype[np.float64]]

_LATITUDE = frozenset({"lat", "latitude", "latitud", "breite", "breitengrad"})
_LONGITUDE = frozenset({"lon", "lng", "long", "longitude", "longitud", "laenge", "laengengrad"})
_MIN_DISTINCT = 50
_MIN_DISTINCT_SHARE = 0.02
_MIN_STEPS = 200
_NEAR_ZERO = 0.05
_MAX_CORRELATION = 0.98
_MIN_DECIMALS = 2
_MAX_DECIMALS = 6
_MAX_ROWS = 4000
_MAX_CLOSENESS = 0.9
_MIN_EXPLAINED = 0.1
_MIN_GAIN = 0.05
_N_NEIGHBOURS = 8
_MAX_PAIRS = 15
_MAX_CANDIDATES = 20
_MAX_POINTS = 1500


@dataclass(frozen=True)
class Coordinates:
    """A pair of columns that hold places.

    Attributes
    ----------
    latitude, longitude : str
        Names of the columns.
    why : str
        What speaks for it, for people.
    """

    latitude: str
    longitude: str
    why: str


@dataclass(frozen=True)
class _Evidence:
    first: str
    second: str
    closeness: float
    explained: float
    gain: float
    named: bool


def find_coordinates(
    frame: pd.DataFrame,
    target: np.ndarray[Any, Any],
    numbers: list[str],
    said: Mapping[str, str] | None = None,
) -> Coordinates | None:
    """Find the columns that hold latitude and longitude.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        The rows to learn from, model-ready.
    target : ndarray of shape (n_rows,)
        Floats or text labels.
    numbers : list of str
        Columns that may be coordinates.
    said : mapping of str to {"latitude", "longitude"}, optional
        What a person has said of columns; two that are named win without any proof.

    Returns
    -------
    Coordinates or None
    """
    named = {role: name for name, role in (said or {}).items()}
    if len(named) == 2:
        return Coordinates(named["latitude"], named["longitude"], "named under 'search.columns'")
    rows = _draw_rows(len(frame))
    values = {name: frame[name].to_numpy(dtype=np.float64)[rows] for name in numbers}
    scores = as_scores(target[rows])
    candidates = _keep_strongest({name: column for name, column in values.items() if _may_be_degrees(column)}, scores)
    found = [item for item in _weigh_pairs(candidates, scores) if _convinces(item)]
    found = [item for item in found if set(named.values()) <= {item.first, item.second}]
    if not found:
        return None
    best = max(found, key=lambda item: (item.named, item.explained))
    latitude, longitude = _tell_apart(best, candidates, named)
    why = (
        f"their points cluster as places do (closer together than by chance by {1 - best.closeness:.0%}), and the "
        f"nearest rows explain {best.explained:.0%} of the target"
    )
    return Coordinates(latitude, longitude, why)


def _keep_strongest(candidates: Mapping[str, Floats], scores: Floats) -> Mapping[str, Floats]:
    """Keep the columns that say most of the target, and those that are named like coordinates: pairs are many."""
    if len(candidates) <= _MAX_CANDIDATES:
        return candidates
    words = {name: frozenset(split_words(name)) for name in candidates}
    named = {name for name in candidates if not words[name].isdisjoint(_LATITUDE | _LONGITUDE)}
    strength = {name: explained_by_groups(as_bins(column), scores) for name, column in candidates.items()}
    kept = sorted(candidates, key=lambda name: (name not in named, -strength[name]))[:_MAX_CANDIDATES]
    return {name: candidates[name] for name in candidates if name in kept}


def _draw_rows(n_rows: int) -> np.ndarray[Any, Any]:
    """Choose rows evenly: those to learn from are in random order already."""
    return np.arange(n_rows) if n_rows <= _MAX_ROWS else np.linspace(0, n_rows - 1, _MAX_ROWS).astype(np.intp)


def _may_be_degrees(column: Floats) -> bool:
    known = column[np.isfinite(column)]
    if len(known) < max(_MIN_DISTINCT, 0.5 * len(column)) or np.abs(known).max() > 180:
        return False
    distinct = len(np.unique(known))
    if distinct < max(_MIN_DISTINCT, min(_MIN_DISTINCT_SHARE * len(known), 200)):
        return False
    if known.min() >= 0 and known.min() < _NEAR_ZERO * known.max():
        return False
    decimals = _count_decimals(known)
    return decimals >= _MIN_DECIMALS and (known.max() - known.min()) * 10**decimals >= _MIN_STEPS


def _count_decimals(numbers: Floats) -> int:
    """Return the decimals that nearly all numbers have at most; those of single-precision noise don't count."""
    for decimals in range(_MAX_DECIMALS):
        rounded = np.abs(numbers - np.round(numbers, decimals)) < 2e-5 * 10.0 ** -max(decimals - 3, 0)
        if float(np.mean(rounded)) >= 0.99:
            return decimals
    return _MAX_DECIMALS


def _weigh_pairs(candidates: Mapping[str, Floats], scores: Floats) -> Iterator[_Evidence]:
    close = []
    decimals = {name: _count_decimals(column[np.isfinite(column)]) for name, column in candidates.items()}
    ranks = {name: as_ranks(column)[:, None] for name, column in candidates.items()}
    for first, second in combinations(candidates, 2):
        x, y = candidates[first], candidates[second]
        if min(np.nanmax(np.abs(x)), np.nanmax(np.abs(y))) > 90 or abs(decimals[first] - decimals[second]) > 1:
            continue
        if explained_by_order(x, ranks[second]) <= _MAX_CORRELATION**2:
            close.append((_closeness(x, y), first, second))
    for closeness, first, second in sorted(close)[:_MAX_PAIRS]:
        explained, gain = _smoothness(candidates[first], candidates[second], scores)
        yield _Evidence(first, second, closeness, explained, gain, _are_named(first, second))


def _are_named(first: str, second: str) -> bool:
    words = [frozenset(split_words(name)) for name in (first, second)]
    return any(not a.isdisjoint(_LATITUDE) and not b.isdisjoint(_LONGITUDE) for a, b in (words, words[::-1]))


def _convinces(evidence: _Evidence) -> bool:
    if evidence.named:
        return True
    smooth = evidence.explained >= _MIN_EXPLAINED and evidence.gain >= _MIN_GAIN
    return smooth and evidence.closeness <= _MAX_CLOSENESS


def _closeness(x: Floats, y: Floats) -> float:
    """Return how far a point's nearest neighbour is, relative to what it would be if the columns were independent.

    The median distance between ranks, so that the form of each column alone does not count; below 1 if the points
    cluster.
    """
    known = np.isfinite(x) & np.isfinite(y)
    points = np.unique(np.column_stack([x[known], y[known]]), axis=0)
    if len(points) < _MIN_DISTINCT:
        return 1.0
    points = points[:: -(-len(points) // _MAX_POINTS)]
    shuffled = np.column_stack([points[:, 0], np.random.default_rng(0).permutation(points[:, 1])])
    return _nearest(points) / max(_nearest(shuffled), 1e-12)


def _nearest(points: Floats) -> float:
    from scipy.spatial import cKDTree
    from scipy.stats import rankdata

    ranks = np.column_stack([rankdata(column) / len(points) for column in points.T])
    distances, _ = cKDTree(ranks).query(ranks, k=_N_NEIGHBOURS)
    return float(np.mean(distances[:, -1]))


def _smoothness(x: Floats, y: Floats, scores: Floats) -> tuple[float, float]:
    """Return what the nearest other rows explain of the target, and how much more that is than without the pairing."""
    known = np.isfinite(x) & np.isfinite(y) & ~np.isnan(scores).any(axis=1)
    points = np.column_stack([x[known], y[known]])
    wanted = scores[known] - scores[known].mean(axis=0)
    total = float((wanted**2).sum())
    if total == 0 or len(points) <= 2 * _N_NEIGHBOURS:
        return 0.0, 0.0
    together = _explained_by_neighbours(points, wanted, total)
    alone = [_explained_by_neighbours(points[:, [column]], wanted, total) for column in (0, 1)]
    return together, together - max(*alone, _explained_by_sum(points, wanted, total))


def _explained_by_neighbours(points: Floats, wanted: Floats, total: float) -> float:
    from scipy.spatial import cKDTree

    _, rows = cKDTree(points).query(points, k=_N_NEIGHBOURS + 1)
    own = rows == np.arange(len(points))[:, None]
    own[~own.any(axis=1), -1] = True  # of many rows at one place the row itself may not be among the nearest
    others = rows[~own].reshape(len(points), _N_NEIGHBOURS)
    error = wanted - wanted[others].mean(axis=1)
    # The mean of k other rows errs by its own noise, too: 1/k of the variance that is left.
    return 1 - float((error**2).sum()) / total / (1 + 1 / _N_NEIGHBOURS)


def _explained_by_sum(points: Floats, wanted: Floats, total: float) -> float:
    """Return what the sum of a function of each column explains, fitted by turns (backfitting)."""
    bins = [as_bins(column) for column in points.T]
    left = wanted.copy()
    fits = [np.zeros_like(wanted), np.zeros_like(wanted)]
    for _ in range(5):
        for position, groups in enumerate(bins):
            left += fits[position]
            counts = np.maximum(np.bincount(groups), 1)
            means = np.column_stack([np.bincount(groups, weights=column) for column in left.T]) / counts[:, None]
            fits[position] = means[groups]
            left -= fits[position]
    return 1 - float((left**2).sum()) / total


def _tell_apart(best: _Evidence, values: Mapping[str, Floats], named: Mapping[str, str]) -> tuple[str, str]:
    """Say which one is the latitude: as was said, by range, by name, or else by how far from zero it is."""
    first, second = best.first, best.second
    for role, name in named.items():
        other = second if name == first else first
        return (name, other) if role == "latitude" else (other, name)
    largest = {name: float(np.nanmax(np.abs(values[name]))) for name in (first, second)}
    if max(largest.values()) > 90:
        return (first, second) if largest[second] > 90 else (second, first)
    for latitude, longitude in ((first, second), (second, first)):
        if not _LATITUDE.isdisjoint(split_words(latitude)) or not _LONGITUDE.isdisjoint(split_words(longitude)):
            return latitude, longitude
    # Most people live between 20 and 60 degrees north; where both would do, the larger is the more likely latitude.
    medians = {name: float(np.nanmedian(values[name])) for name in (first, second)}
    return (first, second) if medians[first] >= medians[second] else (second, first)
