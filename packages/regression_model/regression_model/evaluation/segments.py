"""Where the model errs more than elsewhere: the error within categories and within ranges of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from regression_model.evaluation.metrics.base import FloatArray
from regression_model.evaluation.number_format import format_compact

MAX_CATEGORIES = 8
N_BINS = 4
Z_95 = 1.959963984540054  # two-sided 95 % quantile of the normal distribution


@dataclass(frozen=True)
class Segment:
    """A part of the rows.

    Parameters
    ----------
    feature, label : str
        Column, and which of its values: a category, a range, or ``missing``.
    n_rows : int
        Rows in it.
    error : float
        Mean absolute error in the unit of the target, or share of wrong labels in [0, 1].
    margin : float
        Half of a 95 % interval of `error`: 1.96 standard errors of the mean.
    bias : float or None
        Mean of ``predicted - actual``; None for a classification.
    """

    feature: str
    label: str
    n_rows: int
    error: float
    margin: float
    bias: float | None


@dataclass(frozen=True)
class SegmentErrors:
    """The error of all rows, and the segments that differ most from it, the largest error first."""

    overall: float
    segments: tuple[Segment, ...]
    n_searched: int


@dataclass(frozen=True)
class SegmentLimits:
    """What is worth reporting.

    Parameters
    ----------
    min_rows : int, default 20
        Smaller segments tell of chance.
    max_segments : int, default 12
        In all.
    max_per_feature : int, default 2
        So that one column doesn't fill the table.
    """

    min_rows: int = 20
    max_segments: int = 12
    max_per_feature: int = 2


def compute_segment_errors(
    frame: pd.DataFrame,
    row_errors: npt.ArrayLike,
    residuals: npt.ArrayLike | None = None,
    limits: SegmentLimits | None = None,
) -> SegmentErrors:
    """Find the segments whose mean error differs most from that of all rows.

    Category columns give a segment per frequent category (at most 8), number and datetime columns one per
    quarter of their values, and every column one for its missing values. Segments are ranked by the size of
    their difference times the square root of their number of rows, which is the difference in standard errors
    up to a common factor: a large difference of few rows and a small one of many are both chance.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        Model-ready features.
    row_errors : array-like of shape (n_rows,)
        Absolute errors, or 1 for a wrong label and 0 for a right one.
    residuals : array-like of shape (n_rows,), optional
        ``predicted - actual``.
    limits : SegmentLimits, optional
        What is worth reporting.
    """
    limits = limits or SegmentLimits()
    errors = np.asarray(row_errors, dtype=np.float64)
    signed = None if residuals is None else np.asarray(residuals, dtype=np.float64)
    overall = float(errors.mean())
    found = [
        _build_segment(str(name), label, errors[mask], None if signed is None else signed[mask])
        for name in frame.columns
        for label, mask in _masks(frame[name])
        if limits.min_rows <= mask.sum() < len(frame)
    ]
    found.sort(key=lambda s: (-abs(s.error - overall) * s.n_rows**0.5, s.feature, s.label))
    chosen = _diverse(found, limits)
    return SegmentErrors(overall, tuple(sorted(chosen, key=lambda s: (-s.error, s.feature, s.label))), len(found))


def _build_segment(feature: str, label: str, errors: FloatArray, residuals: FloatArray | None) -> Segment:
    margin = Z_95 * float(errors.std(ddof=1)) / len(errors) ** 0.5 if len(errors) > 1 else 0.0
    bias = None if residuals is None else float(residuals.mean())
    return Segment(feature, label, len(errors), float(errors.mean()), margin, bias)


def _diverse(ranked: list[Segment], limits: SegmentLimits) -> list[Segment]:
    taken: dict[str, int] = {}
    chosen: list[Segment] = []
    for segment in ranked:
        if len(chosen) < limits.max_segments and taken.get(segment.feature, 0) < limits.max_per_feature:
            taken[segment.feature] = taken.get(segment.feature, 0) + 1
            chosen.append(segment)
    return chosen


def _masks(column: pd.Series) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Yield the name and the rows of each part of one column."""
    missing = column.isna().to_numpy()
    if missing.any():
        yield "missing", missing
    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if (is_number or pd.api.types.is_datetime64_any_dtype(column)) and column.nunique() > MAX_CATEGORIES:
        yield from _quantile_masks(column)
        return
    for value in column.value_counts().index[:MAX_CATEGORIES]:
        label = format_compact(float(value)) if is_number else str(value)
        yield label, (column == value).fillna(False).to_numpy(dtype=bool)


def _quantile_masks(column: pd.Series) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    bins = pd.qcut(column, N_BINS, duplicates="drop")
    for interval in bins.cat.categories:
        inside = column[bins == interval]
        yield f"{_bound(inside.min())} to {_bound(inside.max())}", (bins == interval).to_numpy(dtype=bool)


def _bound(value: float | pd.Timestamp) -> str:
    return value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else format_compact(float(value))
