"""Decides from the column to predict what kind of model it takes."""

from __future__ import annotations

from typing import Any, Literal, cast

import numpy as np
import pandas as pd

from regression_model.errors import DataError
from regression_model.profiling.cells import Cells
from regression_model.profiling.profiles import TargetProfile
from regression_model.profiling.yaml_text import make_printable

_MAX_CODED_CLASSES = 10
_MAX_CLASSES = 100
_MIN_CLASS_ROWS = 2
_MIN_ROWS = 10
_SKEWED = 1.0
_YES = ("yes", "true", "1", "y", "t", "positive", "pos")


def profile_target(cells: Cells) -> TargetProfile:
    """Choose the task and the transform.

    Two values are classes, and so are texts, and up to ten whole numbers 0, 1, 2, ... or 1, 2, 3, ...
    All other numbers are predicted as numbers, by their logarithm if all are above 0, their skew is above 1,
    and the logarithm's is nearer to 0.

    Parameters
    ----------
    cells : Cells

    Raises
    ------
    DataError
        If there is nothing to learn: too few rows, one value only, or as many classes as an identifier has.
    """
    n_present = cells.n_rows - cells.n_missing
    if n_present < _MIN_ROWS:
        raise DataError(
            f"the target {cells.name!r} has a value in {n_present} of {cells.n_rows} rows; "
            f"at least {_MIN_ROWS} are needed"
        )
    if cells.n_unique < 2:
        raise DataError(
            f"the target {cells.name!r} is {cells.counts.index[0]!r} in all rows; there is nothing to predict"
        )
    if cells.holds == "datetime":
        raise DataError(f"the target {cells.name!r} holds dates; predict a number instead, such as the days until then")
    if cells.holds == "number" and cells.n_unique > 2:
        classes = _find_coded_classes(cells.values[~np.isnan(cells.values)])
        return _classification(cells, classes) if classes else _regression(cells)
    return _classification(cells, f"it has {cells.n_unique} distinct values")


def _find_coded_classes(numbers: np.ndarray[Any, Any]) -> str | None:
    """Say why numbers are classes: consecutive whole ones that begin with 0 or 1, and few."""
    distinct = np.unique(numbers)
    first = distinct[0]
    consecutive = np.array_equal(distinct, first + np.arange(len(distinct)))
    enough_rows = len(numbers) >= 5 * len(distinct)  # else they are rather a small table's counts
    if len(distinct) <= _MAX_CODED_CLASSES and first in (0, 1) and consecutive and enough_rows:
        return f"it holds the whole numbers {first:g} to {distinct[-1]:g}, which look like codes of classes"
    return None


def _regression(cells: Cells) -> TargetProfile:
    numbers = pd.Series(cells.values).dropna()
    transform, reason = _choose_transform(numbers)
    return TargetProfile(
        column=cells.name,
        task="regression",
        reason=f"a number, {numbers.min():,.10g} to {numbers.max():,.10g}, {cells.n_unique:,} distinct",
        transform=transform,
        transform_reason=reason,
        n_missing=cells.n_missing,
        n_unique=cells.n_unique,
        classes={},
    )


def _choose_transform(numbers: pd.Series) -> tuple[Literal["none", "log"], str]:
    skew = _skew(numbers)
    if numbers.min() <= 0:
        return "none", f"skew {skew:.1f}; zero or negative values have no logarithm"
    if skew <= _SKEWED:
        return "none", f"skew {skew:.1f}; 'log' would suit a long tail of large values"
    skew_of_log = _skew(np.log(numbers))
    if abs(skew_of_log) >= skew:
        return "none", f"skew {skew:.1f}, and that of the logarithm, {skew_of_log:.1f}, is no better"
    return "log", f"all values are positive and the skew falls from {skew:.1f} to {skew_of_log:z.1f}"


def _skew(numbers: pd.Series) -> float:
    return cast("float", numbers.skew())


def _classification(cells: Cells, reason: str) -> TargetProfile:
    classes = {str(label): int(count) for label, count in cells.counts.items()}
    _check_classes(cells, classes)
    positive = next((label for label in classes if label.strip().lower() in _YES), None)
    return TargetProfile(
        column=cells.name,
        task="classification",
        reason=reason,
        transform="none",
        transform_reason="",
        n_missing=cells.n_missing,
        n_unique=cells.n_unique,
        classes=classes,
        positive_class=positive if len(classes) == 2 else None,
    )


def _check_classes(cells: Cells, classes: dict[str, int]) -> None:
    """Refuse what can't be learned: text of all kinds, and classes of which there is one row."""
    n_present = sum(classes.values())
    shown = ", ".join(repr(make_printable(label)) for label in list(classes)[:3])
    if len(classes) > min(_MAX_CLASSES, n_present // 2):
        n_numbers = int(pd.to_numeric(cells.counts.index.to_series(), errors="coerce").notna().sum())
        hint = (
            f"; {n_numbers} of them are numbers, so to predict a number make the other cells numbers or empty"
            if n_numbers > len(classes) // 2
            else ""
        )
        raise DataError(
            f"the target {cells.name!r} has {len(classes):,} distinct texts in {n_present:,} rows "
            f"({shown}, ...), too many for classes{hint}"
        )
    alone = [label for label, count in classes.items() if count < _MIN_CLASS_ROWS]
    if alone:
        raise DataError(
            f"the target {cells.name!r} has classes with a single row ({', '.join(map(repr, alone[:5]))}); "
            f"a class takes at least {_MIN_CLASS_ROWS}, to learn from and to check. Drop or merge these"
        )
