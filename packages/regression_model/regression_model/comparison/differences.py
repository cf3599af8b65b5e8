"""How far two sets of answers to the same rows are apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

N_MOVERS = 10
"""Rows that a report names."""


@dataclass(frozen=True)
class Answers:
    """What a model says of some rows.

    Attributes
    ----------
    predictions : sequence of float, str or None, of length n_rows
        None where it refused a row.
    probabilities : sequence of mappings from label to float (or None), of length n_rows; or None
        Of a classification.
    """

    predictions: Sequence[Any]
    probabilities: Sequence[Mapping[str, float] | None] | None = None


@dataclass(frozen=True)
class Move:
    """A row whose prediction is another one.

    Attributes
    ----------
    row : int
        From 1.
    old, new : float, str or None
        Predictions; None where the row was refused.
    difference : float
        See `measure_difference`; infinite where one refused the row.
    """

    row: int
    old: float | str | None
    new: float | str | None
    difference: float

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON, which knows no infinity."""
        difference = self.difference if math.isfinite(self.difference) else None
        return {"row": self.row, "old": self.old, "new": self.new, "difference": difference}


@dataclass(frozen=True)
class RowsCompared:
    """The answers of two models to the same rows.

    Attributes
    ----------
    source : str
        What the rows are.
    n_rows, n_moved : int
        Rows, and those that moved further than the tolerance, became refused or got another label.
    n_newly_refused, n_newly_answered, n_refused_by_both : int
    median, percentile_95, maximum : float or None
        Of the differences in the rows that both answer; None if there are none.
    movers : tuple of Move
        Those that moved most, at most `N_MOVERS`.
    """

    source: str
    n_rows: int
    n_moved: int
    n_newly_refused: int
    n_newly_answered: int
    n_refused_by_both: int
    median: float | None
    percentile_95: float | None
    maximum: float | None
    movers: tuple[Move, ...]

    @property
    def n_answered(self) -> int:
        """Rows that at least one of them answers."""
        return self.n_rows - self.n_refused_by_both

    @property
    def n_answered_by_both(self) -> int:
        """Rows whose two answers could be compared."""
        return self.n_answered - self.n_newly_refused - self.n_newly_answered

    @property
    def moved_share(self) -> float:
        """Part of the rows that moved, of those that at least one answers: the others could not have moved."""
        return self.n_moved / self.n_answered if self.n_answered else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {**vars(self), "moved_share": self.moved_share, "movers": [move.to_json() for move in self.movers]}


def measure_relative(one: float, other: float) -> float:
    """Return the difference of two numbers relative to the larger one: 0 if they are equal, infinite if one is NaN.

    Examples
    --------
    >>> measure_relative(200.0, 100.0)
    0.5
    >>> measure_relative(0.0, 0.0), measure_relative(-1.0, 1.0)
    (0.0, 2.0)
    """
    if one == other:
        return 0.0
    difference = abs(one - other) / max(abs(one), abs(other))
    return difference if math.isfinite(difference) else math.inf


def measure_difference(old: Answers, new: Answers, row: int) -> float:
    """Return how far one row moved.

    Parameters
    ----------
    old, new : Answers
    row : int
        From 0.

    Returns
    -------
    float
        The relative difference of two numbers; of a classification the largest absolute difference of a class's
        probability, where a class that one of them does not know has the probability 0. Infinite if one of them
        refused the row, or one is a number and the other a label.
    """
    one, other = old.predictions[row], new.predictions[row]
    if one is None or other is None:
        return 0.0 if one is other else math.inf
    if isinstance(one, str) != isinstance(other, str):
        return math.inf
    if not isinstance(one, str):
        return measure_relative(float(one), float(other))
    shares, others = (_probabilities(answers, row) for answers in (old, new))
    return max(abs(shares.get(label, 0.0) - others.get(label, 0.0)) for label in {*shares, *others})


def compare_answers(old: Answers, new: Answers, *, source: str, tolerance: float) -> RowsCompared:
    """Compare the answers of two models to the same rows.

    Parameters
    ----------
    old, new : Answers
        Of the same length.
    source : str
        What the rows are.
    tolerance : float
        Difference up to which a row has not moved.

    Raises
    ------
    ValueError
        If they are not of the same length.
    """
    if len(old.predictions) != len(new.predictions):
        raise ValueError(f"{len(old.predictions)} answers can't be compared with {len(new.predictions)}")
    pairs = list(zip(old.predictions, new.predictions, strict=True))
    differences = [measure_difference(old, new, row) for row in range(len(pairs))]
    moved = [
        Move(row + 1, one, other, difference)
        for row, ((one, other), difference) in enumerate(zip(pairs, differences, strict=True))
        if difference > tolerance or (isinstance(one, str) and one != other)
    ]
    both = sorted(
        difference
        for (one, other), difference in zip(pairs, differences, strict=True)
        if one is not None and other is not None
    )
    return RowsCompared(
        source=source,
        n_rows=len(pairs),
        n_moved=len(moved),
        n_newly_refused=sum(one is not None and other is None for one, other in pairs),
        n_newly_answered=sum(one is None and other is not None for one, other in pairs),
        n_refused_by_both=sum(one is None and other is None for one, other in pairs),
        median=_quantile(both, 0.5),
        percentile_95=_quantile(both, 0.95),
        maximum=_quantile(both, 1.0),
        movers=tuple(sorted(moved, key=lambda move: (-move.difference, move.row))[:N_MOVERS]),
    )


def _probabilities(answers: Answers, row: int) -> Mapping[str, float]:
    """Return the probabilities of a row; a model that has none is certain of its label."""
    found = answers.probabilities[row] if answers.probabilities is not None else None
    return found if found is not None else {answers.predictions[row]: 1.0}


def _quantile(ascending: Sequence[float], share: float) -> float | None:
    """Return the smallest value that this share of the values does not exceed."""
    if not ascending:
        return None
    found = ascending[max(math.ceil(share * len(ascending)) - 1, 0)]
    return found if math.isfinite(found) else None
