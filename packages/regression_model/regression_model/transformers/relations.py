"""Linear relations of a column to others, learned so that a few odd rows change little."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Columns = Mapping[str, "NDArray[np.float64]"]

_MOST_ROWS = 2_000
"""Of more rows every so manieth is looked at; they come in the order of their content."""

_LEAST_SHARE = 0.1
"""Share of a column's variance that a relation has to explain to be looked at."""

_LEAST_MORE = 0.1
"""Share of what is not explained yet that a further column has to explain."""

_LARGEST_ERROR = 0.95
"""Error of a relation, as a part of the median's, above which it is left out; a tenth of the rows has no say."""

_N_SINGLE = 2
"""Relations with one column, for rows in which the best one lacks a column."""

_N_ROUNDS = 15
_SMALLEST = 1e-12


@dataclass(frozen=True)
class Relation:
    """A column from others: ``slopes[0] * x[0] + intercept + slopes[1] * x[1] + ...``, added from left to right.

    Attributes
    ----------
    columns : tuple of str
    slopes : tuple of float
    intercept : float
    """

    columns: tuple[str, ...]
    slopes: tuple[float, ...]
    intercept: float

    def estimate(self, columns: Columns) -> NDArray[np.float64]:
        """Compute the column; NaN where another one is missing."""
        with np.errstate(over="ignore", invalid="ignore"):
            total = columns[self.columns[0]] * self.slopes[0] + self.intercept
            for name, slope in zip(self.columns[1:], self.slopes[1:], strict=True):
                total = total + columns[name] * slope
        return total


class Correlations:
    """Correlations of columns, in which odd values count for little: values beyond the outer hundredths are drawn in.

    Parameters
    ----------
    columns : mapping of str to ndarray of shape (n_rows,)
        NaN for missing, which counts as the mean. In the order of the rows' content.
    """

    def __init__(self, columns: Columns) -> None:
        self._names = list(columns)
        n_rows = len(next(iter(columns.values())))
        step = -(-n_rows // _MOST_ROWS)
        standard = [_standardise(values[::step]) for values in columns.values()]
        self._of: dict[tuple[str, str], float] = {}
        for position, first in enumerate(self._names):
            for other in range(position, len(standard)):
                mean = float(np.mean(standard[position] * standard[other]))
                self._of[first, self._names[other]] = self._of[self._names[other], first] = mean

    def find_related(self, target: str, most: int) -> list[str]:
        """Return the columns that together explain most of one, the best first, as far as each adds something."""
        found: list[str] = []
        share = 0.0
        while len(found) < most:
            shares = {
                name: self._explained(target, [*found, name])
                for name in self._names
                if name != target and name not in found and abs(self._of[target, name]) > _SMALLEST
            }
            best = max(shares, key=shares.__getitem__, default=None)
            if best is None or shares[best] - share < (_LEAST_MORE * (1 - share) if found else _LEAST_SHARE):
                break
            found, share = [*found, best], shares[best]
        return found

    def find_single(self, target: str) -> list[str]:
        """Return the columns that explain most of one, each by itself."""
        squares = {name: self._of[target, name] ** 2 for name in self._names if name != target}
        ranked = sorted(squares, key=lambda name: -squares[name])
        return [name for name in ranked[:_N_SINGLE] if squares[name] >= _LEAST_SHARE]

    def _explained(self, target: str, names: Sequence[str]) -> float:
        right = [self._of[target, name] for name in names]
        matrix = [[self._of[a, b] + (1e-6 if a == b else 0.0) for b in names] for a in names]
        return sum(a * b for a, b in zip(solve(matrix, right), right, strict=True))


def find_relations(columns: Columns, target: str, correlations: Correlations, most: int) -> tuple[Relation, ...]:
    """Learn how a column is told by others.

    Parameters
    ----------
    columns : mapping of str to ndarray of shape (n_rows,)
    target : str
    correlations : Correlations
        Of these columns.
    most : int
        Columns that a relation may have.

    Returns
    -------
    tuple of Relation
        To be tried in this order, where the columns of one are known; empty if no column tells anything.
    """
    together = correlations.find_related(target, most)
    if not together:
        return ()
    sets = [together, *([name] for name in correlations.find_single(target))]
    unique = [names for position, names in enumerate(sets) if names not in sets[:position]]
    relations = (fit_relation(columns, target, names) for names in unique)
    return tuple(relation for relation in relations if relation is not None)


def fit_relation(columns: Columns, target: str, names: Sequence[str]) -> Relation | None:
    """Fit a relation with the least absolute deviations.

    By least squares with weights, again and again, each row's being one over its last error (E. J. Schlossmacher, *An
    iterative technique for absolute deviations curve fitting*, JASA 68, 1973).

    Returns
    -------
    Relation or None
        None if its error is not well below that of the median.
    """
    values = [columns[name] for name in (target, *names)]
    known = np.logical_and.reduce([np.isfinite(column) for column in values])
    if known.sum() < 10 * len(values):
        return None
    values = [column[known] for column in values]
    step = -(-len(values[0]) // _MOST_ROWS)
    wanted, *others = (np.ascontiguousarray(column[::step]) for column in values)
    centres = [float(np.median(column)) for column in others]
    scales = [_scale(column - centre) for column, centre in zip(others, centres, strict=True)]
    middle = float(np.median(wanted))
    spread = _scale(wanted - middle)
    parts = [(column - centre) / scale for column, centre, scale in zip(others, centres, scales, strict=True)]
    design = [np.ones(len(wanted)), *parts]
    solution, error = _fit_absolute(design, (wanted - middle) / spread)
    if not error < _LARGEST_ERROR * _usual(np.abs(wanted - middle)) / spread:
        return None
    slopes = [b * spread / scale for b, scale in zip(solution[1:], scales, strict=True)]
    intercept = middle + solution[0] * spread - sum(a * b for a, b in zip(slopes, centres, strict=True))
    if not np.isfinite([*slopes, intercept]).all():
        return None
    return Relation(tuple(map(sys.intern, names)), tuple(slopes), float(intercept))


def solve(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Solve a few linear equations by elimination, in plain arithmetic: the same bits on every machine."""
    n = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for column in range(n):
        pivot = max(range(column, n), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        divisor = rows[column][column] or _SMALLEST
        rows[column] = [value / divisor for value in rows[column]]
        for row in range(n):
            if row != column:
                factor = rows[row][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [float(row[n]) for row in rows]


def _fit_absolute(design: list[NDArray[np.float64]], wanted: NDArray[np.float64]) -> tuple[list[float], float]:
    """Return the coefficients, and the usual error."""
    weights = np.ones(len(wanted))
    best, least, usual = [0.0] * len(design), float("inf"), float("inf")
    for _ in range(_N_ROUNDS):
        weighted = [weights * column for column in design]
        matrix = [[float(np.sum(a * b)) for b in design] for a in weighted]
        for position in range(len(design)):
            matrix[position][position] *= 1 + 1e-9
        solution = solve(matrix, [float(np.sum(a * wanted)) for a in weighted])
        errors = np.abs(wanted - sum(b * column for b, column in zip(solution, design, strict=True)))
        error = float(np.mean(errors))
        if not error < least * (1 - 1e-7):
            break
        best, least, usual = solution, error, _usual(errors)
        weights = 1 / np.maximum(errors, 1e-6)
    return best, usual


def _usual(errors: NDArray[np.float64]) -> float:
    """Return the mean of the smaller nine tenths."""
    return float(np.mean(np.sort(errors)[: -(-9 * len(errors) // 10)]))


def _scale(values: NDArray[np.float64]) -> float:
    scale = float(np.mean(np.abs(values)))
    return scale if scale > 0 else 1.0


def _standardise(values: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(len(values))
    # Sorted, so that the last bits do not depend on the order of the rows.
    inside = np.sort(values[known])
    low, high = inside[len(inside) // 100], inside[-1 - len(inside) // 100]
    inside = np.clip(inside, low, high)
    mean = float(np.mean(inside))
    deviation = float(np.sqrt(np.mean((inside - mean) ** 2)))
    standard = (np.clip(values, low, high) - mean) / (deviation if deviation > 0 else 1.0)
    return np.where(known, standard, 0.0)
