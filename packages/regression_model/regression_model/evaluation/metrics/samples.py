"""Rows that were predicted, checked once and prepared for resampling.

A bootstrap asks for ten metrics of a thousand resamples. What needs sorting is therefore sorted here, once:
values become *dense ranks* (0 for the smallest value, equal values share one), from which a resample's
ordering follows by counting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from regression_model.errors import DataError
from regression_model.evaluation.metrics.base import FloatArray, IntArray

PROBABILITY_SUM_TOLERANCE = 1e-4  # boosters answer in float32, whose rows add up to 1 within some 1e-6


@dataclass(frozen=True, eq=False)
class RegressionSample:
    """Actual and predicted numbers, row by row.

    Parameters
    ----------
    actual, predicted : array of shape (n_rows,)
        In the unit of the target.
    actual_ranks, predicted_ranks : array of shape (n_rows,)
        Dense ranks among all rows of the original sample.
    actual_range : float
        ``max - min`` of the actual values of the original sample; a resample keeps it (see
        ``normalised_rmse``).
    actual_low : float
        The least of the actual values of the original sample, kept likewise.
    """

    actual: FloatArray
    predicted: FloatArray
    actual_ranks: IntArray
    predicted_ranks: IntArray
    actual_range: float
    actual_low: float

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.actual)

    def take(self, rows: IntArray) -> Self:
        """Return the sample of these rows; a row may be taken more than once."""
        return type(self)(
            self.actual[rows],
            self.predicted[rows],
            self.actual_ranks[rows],
            self.predicted_ranks[rows],
            self.actual_range,
            self.actual_low,
        )

    @cached_property
    def residuals(self) -> FloatArray:
        """``predicted - actual``."""
        return self.predicted - self.actual


@dataclass(frozen=True, eq=False)
class ClassificationSample:
    """Actual and predicted classes as positions in `classes`, and what follows from the probabilities.

    Parameters
    ----------
    classes : tuple
        Labels, in the order of the probabilities' columns. Of two, the second is the positive one.
    actual, predicted : array of shape (n_rows,)
        Positions in `classes`.
    row_log_loss : array of shape (n_rows,) or None
        ``-log`` of the probability that was given to the actual class.
    score_ranks : array of shape (n_rows, n_scored) or None
        Dense ranks of the probabilities: of the positive class (``n_scored`` 1), or of each of three or more.
    """

    classes: tuple[Any, ...]
    actual: IntArray
    predicted: IntArray
    row_log_loss: FloatArray | None = None
    score_ranks: IntArray | None = None

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.actual)

    def take(self, rows: IntArray) -> Self:
        """Return the sample of these rows; a row may be taken more than once."""
        return type(self)(
            self.classes,
            self.actual[rows],
            self.predicted[rows],
            None if self.row_log_loss is None else self.row_log_loss[rows],
            None if self.score_ranks is None else self.score_ranks[rows],
        )

    @cached_property
    def confusion(self) -> IntArray:
        """Counts of shape (n_classes, n_classes): actual class by row, predicted class by column."""
        n_classes = len(self.classes)
        cells = np.bincount(self.actual * n_classes + self.predicted, minlength=n_classes**2)
        return cells.reshape(n_classes, n_classes)

    @cached_property
    def score_counts(self) -> list[tuple[IntArray, IntArray]]:
        """Per scored class: how many rows of the class, and of all others, have each score, ascending."""
        if self.score_ranks is None:
            return []
        scored = [1] if len(self.classes) == 2 else range(len(self.classes))
        counts = []
        for column, code in enumerate(scored):
            ranks, belongs = self.score_ranks[:, column], self.actual == code
            everyone = np.bincount(ranks)
            positives = np.bincount(ranks[belongs], minlength=len(everyone))
            counts.append((positives, everyone - positives))
        return counts


def build_regression_sample(actual: npt.ArrayLike, predicted: npt.ArrayLike) -> RegressionSample:
    """Check and prepare actual and predicted numbers.

    Raises
    ------
    DataError
        If there is no row, the lengths differ, or a value is missing or infinite.
    """
    actual_values = _finite_column(actual, "actual values")
    predicted_values = _finite_column(predicted, "predictions")
    _check_lengths(len(actual_values), len(predicted_values), "predictions")
    with np.errstate(over="ignore"):
        actual_range = float(np.ptp(actual_values))
    return RegressionSample(
        actual_values,
        predicted_values,
        dense_ranks(actual_values),
        dense_ranks(predicted_values),
        actual_range,
        float(actual_values.min()),
    )


def build_classification_sample(
    actual: npt.ArrayLike,
    predicted: npt.ArrayLike,
    probabilities: npt.ArrayLike | None = None,
    classes: Sequence[Any] | None = None,
) -> ClassificationSample:
    """Check and prepare actual and predicted labels.

    Parameters
    ----------
    actual, predicted : array-like of shape (n_rows,)
        Labels: text, integers or booleans.
    probabilities : array-like of shape (n_rows, n_classes), optional
        In the order of `classes`; needs `classes`.
    classes : sequence, optional
        All labels the model knows. Default: those that occur, sorted.

    Raises
    ------
    DataError
        If there is no row, lengths or shapes differ, a label isn't among the classes, or probabilities are
        missing, outside [0, 1] or don't add up to 1.
    """
    if probabilities is not None and classes is None:
        raise DataError("probabilities came without classes: pass the classes in the order of their columns")
    actual_labels, predicted_labels = _labels(actual), _labels(predicted)
    _check_lengths(len(actual_labels), len(predicted_labels), "predictions")
    known = tuple(_plain(label) for label in classes) if classes is not None else None
    known = known or tuple(sorted({*actual_labels, *predicted_labels}))
    codes = _codes(actual_labels, known, "actual values")
    predicted_codes = _codes(predicted_labels, known, "predictions")
    if probabilities is None:
        return ClassificationSample(known, codes, predicted_codes)
    shares = _checked_probabilities(probabilities, len(codes), len(known))
    given = np.clip(shares[np.arange(len(codes)), codes], np.finfo(np.float64).eps, 1.0)
    scored = shares[:, 1:] if len(known) == 2 else shares
    ranks = np.column_stack([dense_ranks(scored[:, column]) for column in range(scored.shape[1])])
    return ClassificationSample(known, codes, predicted_codes, -np.log(given), ranks)


def dense_ranks(values: FloatArray) -> IntArray:
    """Return the position of each value among the distinct values, ascending, from 0.

    >>> dense_ranks(np.array([2.5, 1.0, 2.5])).tolist()
    [1, 0, 1]
    """
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _finite_column(values: npt.ArrayLike, what: str) -> FloatArray:
    try:
        column = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"the {what} of a regression must be numbers: {error}") from error
    if column.ndim != 1:
        raise DataError(f"expected {what} in one dimension, found shape {column.shape}")
    bad = np.flatnonzero(~np.isfinite(column))
    if len(bad):
        raise DataError(f"{len(bad)} of the {what} are missing or infinite, the first in row {bad[0]}")
    return column


def _check_lengths(expected: int, found: int, what: str) -> None:
    if expected != found:
        raise DataError(f"expected {expected} {what}, one per actual value, found {found}")
    if expected == 0:
        raise DataError("there is no row to evaluate")


def _plain(label: Any) -> Any:  # noqa: ANN401 - a label is of any type
    """Turn a numpy scalar into the Python value that JSON knows."""
    return label.item() if isinstance(label, np.generic) else label


def _labels(values: npt.ArrayLike) -> list[Any]:
    return [_plain(label) for label in np.asarray(values, dtype=object)]


def _codes(labels: list[Any], classes: tuple[Any, ...], what: str) -> IntArray:
    codes = pd.Index(classes, dtype=object).get_indexer(pd.Index(labels, dtype=object))
    if (codes < 0).any():
        row = int(np.argmin(codes))
        raise DataError(f"the {what} hold {labels[row]!r} in row {row}; the model's classes are {list(classes)}")
    return np.asarray(codes, dtype=np.int64)


def _checked_probabilities(values: npt.ArrayLike, n_rows: int, n_classes: int) -> FloatArray:
    shares = np.asarray(values, dtype=np.float64)
    if shares.shape != (n_rows, n_classes):
        raise DataError(f"expected probabilities of shape {(n_rows, n_classes)}, found {shares.shape}")
    sound = (shares >= 0).all(axis=1) & (abs(shares.sum(axis=1) - 1) <= PROBABILITY_SUM_TOLERANCE)
    if not sound.all():
        raise DataError(f"the probabilities of row {int(np.argmin(sound))} are not in [0, 1] with a sum of 1")
    return shares
