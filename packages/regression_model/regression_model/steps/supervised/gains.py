"""Which combinations of two columns tell of the target what the columns alone do not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, permutations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bins = NDArray[np.uint8]

Pair = tuple[str, str, str]

_MOST_ROWS = 10_000
"""Of more rows every so manieth in the order of the target is looked at."""

_MOST_COLUMNS = 30
"""Of more columns those are paired that tell most by themselves: pairs grow with the square of their number."""

_N_BINS = 16
_N_ROUNDS = 4
"""Of fitting the columns in turn to what the others leave."""

_LEAST_GAIN = 0.001
"""Share of the target's variance that a combination has to explain beyond what chance could."""

_OPERATIONS: dict[str, Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]] = {
    "ratio": lambda first, second: first / np.where(second == 0, np.nan, second),
    "difference": lambda first, second: first - second,
    "sum": lambda first, second: first + second,
    "product": lambda first, second: first * second,
}


def find_pairs(
    columns: Mapping[str, NDArray[np.float64]], target: NDArray[np.generic], operations: list[str], n: int
) -> list[Pair]:
    """Find the combinations that tell most.

    The target's ranks (for classes, an indicator of each) are explained by a sum of functions of the single columns,
    each constant on 16 bins of equal numbers of rows, fitted in turn (backfitting: L. Breiman and J. Friedman,
    *Estimating optimal transformations for multiple regression and correlation*, JASA 80, 1985). Then the combination
    whose function explains most of the rest is taken, the rest is fitted anew with it, and so on. What chance could
    explain does not count: for each of b bins one by the number of rows, and of the standard deviation, sqrt(2 b), what
    the largest of m such numbers may reach, sqrt(2 log m), and one more.

    Parameters
    ----------
    columns : mapping of str to ndarray of shape (n_rows,)
        NaN for missing, which is a bin of its own.
    target : ndarray of shape (n_rows,)
        Numbers or labels.
    operations : list of {"ratio", "difference", "sum", "product"}
    n : int
        How many to find at most.

    Returns
    -------
    list of (str, str, str)
        Operation and two columns, the best first. Does not depend on the order of the rows.
    """
    outputs, rows = _prepare(target, columns)
    every = {name: _bin(values[rows]) for name, values in columns.items()}
    bins = list(every.values())
    telling = sorted(every, key=lambda name: -_gain(every[name], outputs, 0.0))[:_MOST_COLUMNS]
    kept = {name: values[rows] for name, values in columns.items() if name in telling}
    candidates = {pair: own for pair, own in _build(kept, operations) if own.max() > 0}
    chosen: list[Pair] = []
    while candidates and len(chosen) < n:
        rest = _explain(bins, outputs)
        luck = math.sqrt(2 * math.log(len(candidates))) + 1
        gains = {pair: _gain(own, rest, luck) for pair, own in candidates.items()}
        best = max(gains, key=gains.__getitem__)
        if gains[best] < _LEAST_GAIN:
            break
        chosen.append(best)
        bins.append(candidates.pop(best))
        # Of the two ratios of a pair the second tells hardly anything new, but by chance it could.
        candidates = {pair: own for pair, own in candidates.items() if (pair[0], pair[2], pair[1]) != best}
    return chosen


def _prepare(
    target: NDArray[np.generic], columns: Mapping[str, NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the outputs of some rows, of mean 0 and with a variance of 1 together, and which rows they are."""
    if target.dtype.kind in "iuf":
        codes: NDArray[np.float64] = target.astype(np.float64)
    else:
        codes = np.unique(target.astype(str), return_inverse=True)[1].astype(np.float64)
    # By content: the order in which rows arrive has no say in which of them are looked at.
    order = np.lexsort((*columns.values(), codes))
    rows = order[:: -(-len(order) // _MOST_ROWS)]
    own = codes[rows]
    if target.dtype.kind in "iuf":
        values, first, counts = np.unique(own, return_inverse=True, return_counts=True)
        middle = np.cumsum(counts) - (counts + 1) / 2
        outputs = middle[first][:, None]
        del values
    else:
        outputs = (own[:, None] == np.unique(own)).astype(np.float64)
    outputs = outputs - outputs.mean(axis=0)
    scale = np.sqrt((outputs * outputs).sum(axis=1).mean())
    return outputs / (scale if scale > 0 else 1.0), rows


def _build(columns: Mapping[str, NDArray[np.float64]], operations: list[str]) -> Iterator[tuple[Pair, Bins]]:
    for operation in operations:
        pairs = permutations(columns, 2) if operation == "ratio" else combinations(columns, 2)
        for first, second in pairs:
            with np.errstate(all="ignore"):
                values = _OPERATIONS[operation](columns[first], columns[second])
            yield (operation, first, second), _bin(np.where(np.isfinite(values), values, np.nan))


def _bin(values: NDArray[np.float64]) -> Bins:
    """Return bins of about equal numbers of rows; equal values are in one bin, missing ones in the first."""
    known = np.sort(values[~np.isnan(values)])
    if not len(known):
        return np.zeros(len(values), dtype=np.uint8)
    cuts = np.unique(known[(len(known) * np.arange(1, _N_BINS)) // _N_BINS])
    cuts = cuts[cuts > known[0]]
    bins = np.searchsorted(cuts, values, side="right") + 1
    bins[np.isnan(values)] = 0
    return bins.astype(np.uint8)  # small: there may be thousands of candidates


def _means(bins: Bins, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of the outputs in each bin."""
    n_bins = int(bins.max()) + 1
    counts = np.maximum(np.bincount(bins, minlength=n_bins), 1)
    return np.column_stack([np.bincount(bins, column, n_bins) / counts for column in outputs.T])


def _explain(columns: list[Bins], outputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a sum of functions of the columns leaves of the outputs."""
    rest = outputs
    parts: list[NDArray[np.float64]] = [np.zeros((1, outputs.shape[1]))] * len(columns)
    for _ in range(_N_ROUNDS):
        for number, bins in enumerate(columns):
            before = parts[number][bins if len(parts[number]) > 1 else 0]
            parts[number] = _means(bins, rest + before)
            rest = rest + before - parts[number][bins]
    return rest


def _gain(bins: Bins, rest: NDArray[np.float64], luck: float) -> float:
    """Return the share of the target's variance that a column explains of the rest, less what chance could."""
    means = _means(bins, rest)
    shares = np.bincount(bins, minlength=len(means)) / len(bins)
    explained = float((shares[:, None] * means * means).sum())
    left = float((rest * rest).sum(axis=1).mean())
    by_chance = (len(means) + luck * math.sqrt(2 * len(means))) / len(bins)
    return float(explained - left * by_chance)
