"""Splits that keep the rows of a group together, drawn by the config's seed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from regression_model.errors import TrainingError
from regression_model.processing.groups import OVERLAP
from regression_model.processing.time_series import find_overlap

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.processing.training_table import TrainingTable

    Positions = np.ndarray[Any, np.dtype[np.intp]]


def find_row_groups(table: TrainingTable, config: Config) -> pd.Series | None:
    """Return the group of each row; None if the config asks for no groups.

    Parameters
    ----------
    table : TrainingTable
        Where it knows no groups, overlapping windows are looked for again.
    config : Config

    Raises
    ------
    TrainingError
        If the table lacks the column that the config names.
    """
    name = config.evaluation.groups
    if name is None or table.groups is not None:
        return table.groups
    if name == OVERLAP and config.features.series:
        overlap = find_overlap(table.frame[list(config.features.series)])
        return pd.Series(np.arange(len(table.frame)) if overlap is None else overlap.groups)
    raise TrainingError(f"the table has no column {name!r}, which 'evaluation.groups' names; name one of its columns")


def split_off_groups(table: TrainingTable, config: Config, groups: pd.Series) -> tuple[Positions, Positions]:
    """Split off whole groups, about as many rows as the holdout has to have.

    Groups are dealt out to parts of about equal size, for a classification with about equal shares of the classes
    (`sklearn.model_selection.StratifiedGroupKFold`, for a regression `GroupKFold`), as many as bring one part nearest
    to ``evaluation.holdout_fraction``, of equally near ones the fewer; one part is held out. Of a fraction above a
    half, one part is trained on.

    Parameters
    ----------
    table : TrainingTable
    config : Config
    groups : Series of length n_rows

    Returns
    -------
    train, test : ndarray of int
        Positions, ascending.
    """
    fraction = config.evaluation.holdout_fraction
    part = min(fraction, 1 - fraction)
    fewest = max(2, math.floor(1 / part))
    n_parts = min((fewest, fewest + 1), key=lambda n: abs(1 / n - part))
    larger, smaller = next(_deal(table, config, groups, n_parts))
    return (larger, smaller) if fraction <= 0.5 else (smaller, larger)


def find_group_folds(table: TrainingTable, config: Config, groups: pd.Series) -> Iterator[tuple[Positions, Positions]]:
    """Yield the folds of a cross-validation, each group in one of them; as `split_off_groups` deals them out."""
    return _deal(table, config, groups, config.evaluation.folds)


def _deal(
    table: TrainingTable, config: Config, groups: pd.Series, n_parts: int
) -> Iterator[tuple[Positions, Positions]]:
    n_groups = int(groups.nunique())
    if n_groups < n_parts:
        raise TrainingError(
            f"{n_groups} groups of 'evaluation.groups: {config.evaluation.groups}' can't be dealt out to {n_parts} "
            "parts; use fewer folds, or hold out another fraction"
        )
    kind = StratifiedGroupKFold if config.task == "classification" else GroupKFold
    dealer = kind(n_parts, shuffle=True, random_state=config.seed)
    yield from dealer.split(table.frame, table.target, groups)
