"""Finds columns that say what another column says already: copies, and leaks of the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from regression_model.profiling.association import (
    Codes,
    Floats,
    as_bins,
    as_codes,
    as_ranks,
    determines,
    explained_by_groups,
    explained_by_order,
)
from regression_model.profiling.cells import Cells
from regression_model.profiling.profiles import ColumnProfile

_MIN_ROWS = 20
_MIN_ROWS_PER_VALUE = 5


def mark_copies(columns: Sequence[ColumnProfile], cells: Mapping[str, Cells]) -> list[ColumnProfile]:
    """Leave out each feature that holds the values of one before it, or renames its categories one to one.

    Tables of fewer than 20 rows are left alone, because in them it may be chance.
    """
    seen: dict[tuple[str, bytes], str] = {}
    marked = []
    for column in columns:
        if column.role is None or cells[column.name].n_rows < _MIN_ROWS:
            marked.append(column)
            continue
        key = _fingerprint(column, cells[column.name])
        original = seen.setdefault(key, column.name)
        if original == column.name:
            marked.append(column)
            continue
        same = np.array_equal(cells[original].texts, cells[column.name].texts)
        reason = f"a copy of '{original}'" if same else f"a copy of '{original}' in other words"
        marked.append(replace(column, looks_like="copy", reason=reason))
    return marked


def mark_leaks(
    columns: Sequence[ColumnProfile], cells: Mapping[str, Cells], target: np.ndarray[Any, Any]
) -> list[ColumnProfile]:
    """Leave out each feature that determines the target without exception.

    That is a category or boolean of which each value always goes with one value of the target, with at least
    5 rows per value, and a number whose order is the target's order exactly. If nothing else were left, they
    stay, with a note: then that is the rule to learn.

    Parameters
    ----------
    columns : sequence of ColumnProfile
    cells : mapping of str to Cells
    target : ndarray of shape (n_rows,)
        Floats or text labels; may have missing values.
    """
    leaking = {
        column.name for column in columns if column.role is not None and _gives_away(column, cells[column.name], target)
    }
    alone = all(column.role is None or column.name in leaking for column in columns)
    return [_mark_leak(column, alone=alone) if column.name in leaking else column for column in columns]


def find_strongest(columns: Sequence[ColumnProfile], cells: Mapping[str, Cells], scores: Floats) -> str | None:
    """Name the feature that explains most of the target on its own; None if none explains a tenth of it."""
    explained = {
        column.name: explained_by_groups(_groups(column, cells[column.name]), scores)
        for column in columns
        if column.role is not None
    }
    best = max(explained, key=lambda name: explained[name], default=None)
    return best if best is not None and explained[best] >= 0.1 else None


def find_year_reference(columns: Sequence[ColumnProfile], cells: Mapping[str, Cells]) -> str | None:
    """Name the year from which the table's other years can be counted back; None if there is none.

    It is known in every row, and in no more than a hundredth of the rows another year lies behind it (a house
    that was sold before it was finished).
    """
    years = {
        column.name: cells[column.name].values for column in columns if column.role and column.looks_like == "year"
    }
    for name, reference in years.items():
        others = [values for other, values in years.items() if other != name]
        if others and not np.isnan(reference).any() and all(_is_before(values, reference) for values in others):
            return name
    return None


def _is_before(years: Floats, reference: Floats) -> bool:
    known = ~np.isnan(years)
    return float(np.mean(years[known] <= reference[known])) >= 0.99


def _mark_leak(column: ColumnProfile, *, alone: bool) -> ColumnProfile:
    if alone:
        return replace(column, note="it determines the target without exception; is it known beforehand?")
    return replace(column, looks_like="leak", reason="a leak, it seems: it determines the target without exception")


def _is_categorical(column: ColumnProfile) -> bool:
    return column.role in ("category", "boolean")


def _fingerprint(column: ColumnProfile, cells: Cells) -> tuple[str, bytes]:
    """Return what is equal for columns that say the same."""
    if _is_categorical(column):
        return "codes", as_codes(cells.texts).tobytes()
    return cells.holds, cells.values.tobytes()


def _groups(column: ColumnProfile, cells: Cells) -> Codes:
    if _is_categorical(column):
        return as_codes(cells.texts)
    if cells.holds == "datetime":
        days = cells.values.astype("datetime64[s]")
        numbers = np.where(np.isnat(days), np.nan, days.astype(np.float64))
        return as_bins(numbers)
    return as_bins(cells.values)


def _gives_away(column: ColumnProfile, cells: Cells, target: np.ndarray[Any, Any]) -> bool:
    known = ~pd.isna(pd.Series(target)).to_numpy()
    if known.sum() < _MIN_ROWS:
        return False
    if _is_categorical(column):
        codes = as_codes(cells.texts[known])
        few = (codes.max() + 1) * _MIN_ROWS_PER_VALUE <= len(codes)
        return bool(few and determines(codes, as_codes(target[known])))
    if target.dtype.kind != "f" or cells.holds != "number" or np.isnan(cells.values[known]).any():
        return False
    # Equal up to rounding, which happens only where the ranks are the same or reversed.
    return explained_by_order(cells.values[known], as_ranks(target[known])[:, None]) > 1 - 1e-12
