"""Turns a table with a row for each measurement into one with a row for each series."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regression_model.errors import DataError
from regression_model.processing.datasets.ranking import rank_values
from regression_model.processing.values import parse_column, parse_feature
from regression_model.suggestions import suggest

if TYPE_CHECKING:
    from regression_model.config.time_series import TimeSeriesConfig

    Positions = np.ndarray[Any, np.dtype[np.intp]]


MAX_KINDS = 1_000
"""Kinds of measurements in one table: each becomes a column, with a cell for each series."""


def gather_series(
    frame: pd.DataFrame,
    settings: TimeSeriesConfig,
    *,
    labels: pd.DataFrame | None = None,
    wanted: Collection[str] = (),
    missing_values: Collection[str] = (),
) -> pd.DataFrame:
    """Gather the measurements of each series into one cell.

    Series may differ in length, a single measurement is a series, and a measurement may be missing. A series of which
    `labels` know nothing has missing values there; what only `labels` know has missing series.

    Parameters
    ----------
    frame : DataFrame of shape (n_measurements, n_columns)
        As it was read.
    settings : TimeSeriesConfig
    labels : DataFrame of shape (n_series, n_label_columns), optional
        One row for each series, found by ``settings.id``.
    wanted : collection of str
        Further columns of `frame` that have to come out, because they are the same throughout a series; others come
        out if they are. Not looked at if there are `labels`.
    missing_values : collection of str
        Texts that mean "unknown".

    Returns
    -------
    DataFrame of shape (n_ids, n_columns_out)
        The id as text; for each column of values, or each kind, a column of tuples of float, NaN where a measurement
        is missing, or None for a missing series; then the columns of `labels`, or the further ones of `frame`. Rows
        are in the order in which the ids come first; those that only `labels` know follow in their order.

    Raises
    ------
    DataError
        If columns are missing, an id is, a measurement is no number, there are more than 1,000 kinds, a wanted column
        varies within a series, or `labels` have an id twice.

    Examples
    --------
    >>> from regression_model.config.time_series import TimeSeriesConfig
    >>> long = pd.DataFrame({"window": [7, 7, 3], "speed": [0.5, 0.25, 1.0]})
    >>> gather_series(long, TimeSeriesConfig(id="window", values="speed")).to_dict("records")
    [{'window': '7', 'speed': (0.5, 0.25)}, {'window': '3', 'speed': (1.0,)}]
    """
    needed = [name for name in (settings.id, settings.sort, settings.kind, *settings.values) if name is not None]
    _check_there(frame, needed, "the table of measurements")
    codes, ids = pd.factorize(read_ids(frame[settings.id], settings.id, "the table of measurements"))
    ranks = rank_values(frame[settings.sort]) if settings.sort is not None else np.zeros(len(frame), dtype=np.intp)
    order = np.lexsort((ranks, codes))  # stable: what ranks equally keeps the order of the table
    wide = {settings.id: pd.Series(ids, dtype=object)}
    for name, rows, values in _list_kinds(frame, settings, order, missing_values):
        if name in wide:
            raise DataError(f"two columns would be called {name!r}: a kind, and the column of ids; rename one of them")
        wide[name] = _gather(values, codes[rows], rows, len(ids))
    if labels is not None:
        return _join_labels(pd.DataFrame(wide), labels, settings.id)
    further = [name for name in frame.columns if name not in needed and name not in wide]
    return pd.DataFrame(wide | _take_constant(frame, codes, further, wanted))


def _check_there(frame: pd.DataFrame, needed: Collection[str], what: str) -> None:
    here = [str(name) for name in frame.columns]
    for name in needed:
        if name not in here:
            raise DataError(
                f"{what} has no column {name!r}, which 'data.time_series' names{suggest(name, here)}; it has: "
                f"{', '.join(here[:40])}"
            )


def read_ids(column: pd.Series, name: str, what: str) -> np.ndarray[Any, Any]:
    """Return ids as text: 8, 8.0 and "8" are the same."""
    ids, rejected = parse_column(column, "category")
    bad = np.flatnonzero(pd.isna(ids))
    if rejected or bad.size:
        raise DataError(
            f"{what}: column {name!r} says to which series a row belongs, and is missing or no text in {bad.size:,} "
            f"rows (first in row {bad[0] + 1})"
        )
    return ids


def _list_kinds(
    frame: pd.DataFrame, settings: TimeSeriesConfig, order: Positions, missing_values: Collection[str]
) -> list[tuple[str, Positions, np.ndarray[Any, Any]]]:
    """Return name, rows in the order of the series, and all values of each column that is to come out."""
    columns = {name: _read_values(frame[name], name, missing_values) for name in settings.values}
    if settings.kind is None:
        return [(name, order, values) for name, values in columns.items()]
    [values] = columns.values()
    kinds, names = pd.factorize(read_ids(frame[settings.kind], settings.kind, "the table of measurements"))
    if len(names) > MAX_KINDS:
        raise DataError(
            f"column {settings.kind!r} says what was measured, and each of its values becomes a column; it has "
            f"{len(names):,} different ones, and at most {MAX_KINDS:,} are taken: name the right column as "
            "'data.time_series.kind'"
        )
    sorted_kinds = kinds[order]
    by_kind = order[np.argsort(sorted_kinds, kind="stable")]  # within a kind, in the order of the series
    ends = np.cumsum([0, *np.bincount(sorted_kinds, minlength=len(names))])
    parts = [by_kind[start:end] for start, end in itertools.pairwise(ends)]
    return [(str(name), rows, values) for name, rows in zip(names, parts, strict=True)]


def _read_values(column: pd.Series, name: str, missing_values: Collection[str]) -> np.ndarray[Any, Any]:
    values, rejected = parse_feature(column, "number", missing_values)
    if rejected:
        first = next(iter(rejected))
        raise DataError(
            f"column {name!r} holds measurements, so each value has to be a number; {len(rejected):,} are not (first "
            f"in row {first + 1})"
        )
    return values


def _gather(values: np.ndarray[Any, Any], codes: Positions, rows: Positions, n_ids: int) -> pd.Series:
    """Cut values, ordered by series, into tuples; None where a series has no row, or no measurement."""
    ends = np.searchsorted(codes, np.arange(n_ids + 1))
    cells: list[tuple[float, ...] | None] = []
    for start, end in itertools.pairwise(ends):
        series = values[rows[start:end]]
        cells.append(None if np.isnan(series).all() else tuple(series.tolist()))
    return pd.Series(cells, dtype=object)


def _join_labels(wide: pd.DataFrame, labels: pd.DataFrame, name: str) -> pd.DataFrame:
    _check_there(labels, [name], "the table of labels")
    if clash := [column for column in labels.columns if column != name and column in wide.columns]:
        raise DataError(f"the table of labels has columns that are series, too: {', '.join(clash)}; rename them")
    ids = read_ids(labels[name], name, "the table of labels")
    if len(set(ids)) < len(ids):
        twice = pd.Series(ids)[pd.Series(ids).duplicated()].iloc[0]
        raise DataError(
            f"the table of labels has the series {twice!r} of {name!r} more than once; keep one row of each"
        )
    known = set(wide[name])
    every = [*wide[name], *(found for found in ids if found not in known)]
    of_series, of_labels = ({found: row for row, found in enumerate(part)} for part in (wide[name], ids))
    joined: dict[str, pd.Series] = {}
    for table, place in ((wide, of_series), (labels, of_labels)):
        for column in table.columns:
            cells = table[column].tolist()
            found = [cells[place[item]] if item in place else None for item in every]
            joined.setdefault(str(column), pd.Series(every if column == name else found, dtype=object))
    return pd.DataFrame(joined)


def _take_constant(
    frame: pd.DataFrame, codes: Positions, further: Collection[str], wanted: Collection[str]
) -> dict[str, pd.Series]:
    """Take the columns that are the same throughout a series from the first row of each."""
    _, first = np.unique(codes, return_index=True)
    taken: dict[str, pd.Series] = {}
    for name in further:
        marks, _ = pd.factorize(frame[name], use_na_sentinel=False)
        varies = np.flatnonzero(marks != marks[first][codes])
        if not varies.size:
            taken[name] = frame[name].iloc[first].reset_index(drop=True)
        elif name in wanted:
            raise DataError(
                f"column {name!r} varies within a series (first in row {varies[0] + 1}), and would have to be the same "
                "in all its rows; name it among 'data.time_series.values' if it was measured"
            )
    return taken
