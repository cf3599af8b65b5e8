"""Turns a raw table into what training takes: features, target, and an account of the rows that were left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regression_model.errors import DataError
from regression_model.processing.groups import find_groups
from regression_model.processing.time_series import Overlap, find_overlap
from regression_model.processing.values import build_frame, parse_feature
from regression_model.schema import RejectedValue
from regression_model.suggestions import suggest

if TYPE_CHECKING:
    from regression_model.config import Config

MISSING_TARGET = "the target is missing"
MISSING_SERIES = "no series has a measurement"
_MAX_SHOWN = 5
_MIN_ROWS = 10


@dataclass(frozen=True)
class TrainingTable:
    """A table that can be learned from.

    Attributes
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        Model-ready features, in the order of the config, with a RangeIndex.
    target : Series of length n_rows
        float64 for regression, text labels for classification.
    n_read : int
        Rows that the table had.
    left_out : dict of str to int
        Rows that can't be used at all, by reason.
    groups : Series of length n_rows, optional
        Rows of the same group have to stay together (``evaluation.groups``); text, or numbers of overlapping windows.
    overlap : Overlap, optional
        Windows of series that share measurements, where there are some.
    """

    frame: pd.DataFrame
    target: pd.Series
    n_read: int
    left_out: Mapping[str, int]
    groups: pd.Series | None = None
    overlap: Overlap | None = None


def build_training_table(raw: pd.DataFrame, config: Config) -> TrainingTable:
    """Check and convert a raw table.

    Parameters
    ----------
    raw : DataFrame
        As it was read: text, or the types of the file.
    config : Config

    Returns
    -------
    TrainingTable

    Raises
    ------
    DataError
        If columns are missing, cells can't be read as what the config says they are, or the target can't be
        learned; the message names the column and the first rows, counted from 1 behind the header.
    """
    _check_columns(raw, config)
    target = _read_target(raw, config)
    columns = {name: _read_feature(raw[name], name, dtype, config) for name, dtype in config.features.dtypes().items()}
    _check_bounds(columns, config)
    unusable = {MISSING_TARGET: pd.isna(target)}
    if config.features.series:
        missing = np.all([pd.isna(columns[name]) for name in config.features.series], axis=0)
        unusable[MISSING_SERIES] = missing & ~unusable[MISSING_TARGET]
    known = ~np.any(list(unusable.values()), axis=0)
    frame = build_frame(columns).loc[known].reset_index(drop=True)
    kept = pd.Series(target[known], name=config.target.column, dtype=target.dtype)
    left_out = {reason: int(rows.sum()) for reason, rows in unusable.items() if rows.any()}
    _check_target(kept, config)
    overlap = find_overlap(frame[list(config.features.series)]) if config.features.series else None
    return TrainingTable(frame, kept, len(raw), left_out, find_groups(raw.loc[known], config, overlap), overlap)


def find_left_out(frame: pd.DataFrame, config: Config) -> dict[str, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Find the rows that the config leaves out of training.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        Model-ready rows.
    config : Config

    Returns
    -------
    dict of str to ndarray of bool of shape (n_rows,)
        By reason; a row counts under the first rule that it meets.
    """
    taken = np.zeros(len(frame), dtype=bool)
    found: dict[str, np.ndarray[Any, np.dtype[np.bool_]]] = {}
    for rule in config.data.leave_out:
        values = frame[rule.column].to_numpy()
        hit = np.zeros(len(frame), dtype=bool)
        if rule.above is not None:
            hit |= values > rule.above
        if rule.below is not None:
            hit |= values < rule.below
        found[rule.reason] = found.get(rule.reason, np.zeros(len(frame), dtype=bool)) | (hit & ~taken)
        taken |= hit
    return found


def _check_columns(raw: pd.DataFrame, config: Config) -> None:
    here = [str(name) for name in raw.columns]
    for name in (config.target.column, *config.features.dtypes()):
        if name not in here:
            what = "target" if name == config.target.column else "feature"
            raise DataError(
                f"the table has no column {name!r}, which the configuration names as {what}"
                f"{suggest(name, here)}; it has: {', '.join(here[:40])}{', ...' if len(here) > 40 else ''}"
            )


def _read_feature(values: pd.Series, name: str, dtype: str, config: Config) -> np.ndarray[Any, Any]:
    parsed, rejected = parse_feature(values, dtype, config.data.missing_values)
    _check_rejected(rejected, values, f"column {name!r} is listed under 'features.{dtype}'", config)
    return parsed


def _read_target(raw: pd.DataFrame, config: Config) -> np.ndarray[Any, Any]:
    name = config.target.column
    dtype = "number" if config.task == "regression" else "category"
    parsed, rejected = parse_feature(raw[name], dtype, config.data.missing_values)
    _check_rejected(rejected, raw[name], f"column {name!r} is the target of a {config.task}", config)
    return parsed


def _check_rejected(rejected: Mapping[int, RejectedValue], values: pd.Series, role: str, config: Config) -> None:
    if rejected:
        order = f", in the order of {', '.join(config.data.order_by)}" if config.data.order_by else ""
        first = list(rejected.items())[:_MAX_SHOWN]
        shown = "; ".join(f"row {row + 1}: {str(values.iloc[row])[:40]!r}" for row, _ in first)
        raise DataError(
            f"{role}, so each value has to be {first[0][1].expected}; {len(rejected):,} "
            f"{'is' if len(rejected) == 1 else 'are'} not ({shown}{order}). Mend the table or the column's role"
        )


def _check_bounds(columns: Mapping[str, np.ndarray[Any, Any]], config: Config) -> None:
    for name, bound in config.bounds_above().items():
        if name not in columns:  # a step adds it
            continue
        bad = np.flatnonzero(columns[name] <= bound)
        if bad.size:
            raise DataError(
                f"column {name!r} goes through a step that takes its logarithm, but {bad.size:,} of its values are not "
                f"greater than {bound:g} (first in row {bad[0] + 1}); use 'log_plus_one' if they are zero, else "
                "'yeo_johnson'"
            )


def _check_target(target: pd.Series, config: Config) -> None:
    name = config.target.column
    if len(target) < _MIN_ROWS:
        raise DataError(f"the table has {len(target)} rows with a value of {name!r}; at least {_MIN_ROWS} are needed")
    if config.task == "regression":
        if config.target.transform == "log" and (target <= 0).any():
            raise DataError(
                f"the target {name!r} has {int((target <= 0).sum()):,} values of zero or below, which have no "
                "logarithm; use 'transform: none'"
            )
        if target.nunique() == 1:
            raise DataError(f"the target {name!r} has the same value in all rows; there is nothing to learn")
        return
    counts = target.value_counts()
    if len(counts) < 2:
        raise DataError(f"the target {name!r} has one class ({counts.index[0]!r}); there is nothing to learn")
    if counts.min() < 2:
        raise DataError(f"class {counts.idxmin()!r} of the target {name!r} has a single row; at least 2 are needed")
    positive = config.target.positive_class
    if positive is not None and positive not in counts.index:
        raise DataError(
            f"'target.positive_class' is {positive!r}{suggest(positive, list(counts.index))}, but the classes of "
            f"{name!r} are: {', '.join(sorted(counts.index))}"
        )
