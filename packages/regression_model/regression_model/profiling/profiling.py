"""Profiles a table: what each column is, what to leave out, and what kind of model the target takes."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pandas as pd

from regression_model.errors import DataError
from regression_model.profiling.association import Floats, as_scores
from regression_model.profiling.cells import Cells, read_cells
from regression_model.profiling.kinds import count_rare, decide_kind
from regression_model.profiling.profiles import ColumnProfile, TableProfile, TargetProfile
from regression_model.profiling.relations import find_strongest, find_year_reference, mark_copies, mark_leaks
from regression_model.profiling.target import profile_target
from regression_model.suggestions import suggest

_ROWS_PER_CATEGORY = 20
_MAX_SHOWN = 40


def profile_table(frame: pd.DataFrame, target: str) -> TableProfile:
    """Profile a table.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        As `read_table` returns it.
    target : str
        The column to predict.

    Returns
    -------
    TableProfile

    Raises
    ------
    DataError
        If there is no such column, it can't be predicted, or no other column says anything.

    Examples
    --------
    >>> columns = {"id": range(1, 41), "size": [1.5, 2.5] * 20, "price": [3.0, 7.5, 4.0, 9.5] * 10}
    >>> frame = pd.DataFrame(columns)
    >>> profile = profile_table(frame, "price")
    >>> profile.target.task, [(column.name, column.looks_like) for column in profile.columns]
    ('regression', [('id', 'identifier'), ('size', 'number')])
    """
    names = [str(name) for name in frame.columns]
    if target not in names:
        raise DataError(f"the table has no column {target!r}{suggest(target, names)}; it has: {list_columns(names)}")
    cells = {name: read_cells(name, frame.iloc[:, position]) for position, name in enumerate(names)}
    target_cells = cells.pop(target)
    target_profile = profile_target(target_cells)
    target_values = _target_values(target_cells, target_profile)
    scores = as_scores(target_values)
    rare_fraction = choose_rare_fraction(len(frame))
    columns = [_profile_column(item, scores, rare_fraction) for item in cells.values()]
    columns = mark_leaks(mark_copies(columns, cells), cells, target_values)
    if all(column.role is None for column in columns):
        reasons = "; ".join(f"{column.name!r}: {column.reason}" for column in columns[:_MAX_SHOWN])
        raise DataError(f"no column is left to predict {target!r} from: {reasons or 'the table has no other column'}")
    return TableProfile(
        n_rows=len(frame),
        target=target_profile,
        columns=tuple(columns),
        rare_fraction=rare_fraction,
        strongest=find_strongest(columns, cells, scores),
        year_reference=find_year_reference(columns, cells),
    )


def list_columns(names: list[str]) -> str:
    """List column names for a message; of many, the first."""
    more = f", ... ({len(names) - _MAX_SHOWN} more)" if len(names) > _MAX_SHOWN else ""
    return ", ".join(names[:_MAX_SHOWN]) + more


def choose_rare_fraction(n_rows: int) -> float:
    """Choose the share of the rows below which a category is too rare to learn from: about twenty rows.

    Returns
    -------
    float
        In [0.001, 0.05].

    Examples
    --------
    >>> choose_rare_fraction(50), choose_rare_fraction(2344), choose_rare_fraction(1_000_000)
    (0.05, 0.009, 0.001)
    """
    return min(max(math.ceil(_ROWS_PER_CATEGORY / max(n_rows, 1) * 1000) / 1000, 0.001), 0.05)


def _target_values(cells: Cells, target: TargetProfile) -> np.ndarray[Any, Any]:
    return cells.values if target.task == "regression" else cells.texts


def _range_of_dates(cells: Cells) -> tuple[str, str]:
    dates = pd.Series(cells.values).dropna()
    return str(dates.min().date()), str(dates.max().date())


def _profile_column(cells: Cells, scores: Floats, rare_fraction: float) -> ColumnProfile:
    kind = decide_kind(cells, scores, rare_fraction)
    numbers = pd.Series(cells.values).dropna() if cells.holds == "number" else pd.Series(dtype=np.float64)
    n_rare = count_rare(cells, rare_fraction)
    closed = cells.n_unique == 2 and n_rare == 0 and int(cells.counts.min()) >= _ROWS_PER_CATEGORY
    examples = cells.examples() if cells.holds != "datetime" else dict.fromkeys(_range_of_dates(cells))
    return ColumnProfile(
        name=cells.name,
        looks_like=kind.looks_like,
        n_missing=cells.n_missing,
        n_unique=cells.n_unique,
        examples=tuple(examples),
        shares=tuple(share for share in examples.values() if share is not None),
        minimum=float(numbers.min()) if len(numbers) else None,
        maximum=float(numbers.max()) if len(numbers) else None,
        skew=cast("float", numbers.skew()) if len(numbers) > 2 else None,
        n_rare=n_rare if cells.holds == "text" or kind.looks_like == "code" else 0,
        on_unseen="reject" if closed else "other",
        reason=kind.reason,
        note=kind.note,
    )
