"""Splits a table into rows to learn from and rows to measure with, the same way each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

from regression_model.errors import TrainingError
from regression_model.processing.training_table import TrainingTable, find_left_out
from regression_model.train_pipeline.group_splits import find_group_folds, find_row_groups, split_off_groups

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regression_model.config import Config

    Positions = np.ndarray[Any, np.dtype[np.intp]]

_MIN_TRAINING_ROWS = 5


@dataclass(frozen=True)
class Split:
    """Rows to train on, and rows that training never sees.

    Attributes
    ----------
    train, test : DataFrame of shape (n_rows, n_features)
    train_target, test_target : Series of length n_rows
    left_out : dict of str to int
        Rows of the training part that the config leaves out, by reason. The test part is never thinned.
    train_groups : Series of length n_training_rows, optional
        To which group each row to train on belongs, where the config asks for groups.
    """

    train: pd.DataFrame
    train_target: pd.Series
    test: pd.DataFrame
    test_target: pd.Series
    left_out: Mapping[str, int] = field(default_factory=dict)
    train_groups: pd.Series | None = None


def split_table(table: TrainingTable, config: Config) -> Split:
    """Split off the holdout.

    Rows are drawn by scikit-learn's ``train_test_split`` with the config's seed, in the order of the table; for
    classification in equal shares of the classes. With ``evaluation.groups``, whole groups are drawn: see
    `split_off_groups`.

    Parameters
    ----------
    table : TrainingTable
    config : Config

    Raises
    ------
    TrainingError
        If no rows are left to train on, or the holdout can't hold a row of each class.
    """
    groups = find_row_groups(table, config)
    if groups is not None:
        return take_split(table, config, *split_off_groups(table, config, groups))
    try:
        train, test = train_test_split(
            np.arange(len(table.frame)),
            test_size=config.evaluation.holdout_fraction,
            random_state=config.seed,
            stratify=table.target if config.task == "classification" else None,
        )
    except ValueError as error:
        raise TrainingError(
            f"the table can't be split with 'evaluation.holdout_fraction: {config.evaluation.holdout_fraction}': "
            f"{error}"
        ) from error
    return take_split(table, config, train, test)


def split_folds(table: TrainingTable, config: Config) -> Iterator[Split]:
    """Split into the folds of a cross-validation; see `find_folds`.

    Raises
    ------
    TrainingError
        If there are too few rows for the folds.
    """
    for train, test in find_folds(table, config):
        yield take_split(table, config, train, test)


def find_folds(table: TrainingTable, config: Config) -> Iterator[tuple[Positions, Positions]]:
    """Find the rows of the folds of a cross-validation, shuffled by the config's seed; each row is tested once.

    Yields
    ------
    train, test : ndarray of int
        Positions of the rows to learn from, before the config leaves any out, and to measure with; ascending.

    Raises
    ------
    TrainingError
        If a class has fewer rows than there are folds.
    """
    n_folds = config.evaluation.folds
    kind = StratifiedKFold if config.task == "classification" else KFold
    if len(table.target) < 2 * n_folds:
        raise TrainingError(
            f"'evaluation.folds' is {n_folds}, but there are {len(table.target)} rows; use at most half as many folds"
        )
    if config.task == "classification" and table.target.value_counts().min() < n_folds:
        raise TrainingError(
            f"'evaluation.folds' is {n_folds}, but class {table.target.value_counts().idxmin()!r} has fewer rows; use "
            "fewer folds"
        )
    groups = find_row_groups(table, config)
    if groups is not None:
        yield from find_group_folds(table, config, groups)
        return
    folds = kind(n_folds, shuffle=True, random_state=config.seed)
    yield from folds.split(table.frame, table.target)


def take_split(table: TrainingTable, config: Config, train: Positions, test: Positions) -> Split:
    """Take the rows at those positions, without those that the config leaves out of training."""
    chosen = table.frame.iloc[train]
    found = find_left_out(chosen, config)
    kept = np.ones(len(chosen), dtype=bool)
    for hit in found.values():
        kept &= ~hit
    _check_enough(table, train, kept, config)
    target = table.target.iloc[train]
    return Split(
        train=chosen[kept].reset_index(drop=True),
        train_target=target[kept].reset_index(drop=True),
        test=table.frame.iloc[test].reset_index(drop=True),
        test_target=table.target.iloc[test].reset_index(drop=True),
        left_out={reason: int(hit.sum()) for reason, hit in found.items() if hit.any()},
        train_groups=None if table.groups is None else table.groups.iloc[train][kept].reset_index(drop=True),
    )


def _check_enough(
    table: TrainingTable, train: Positions, kept: np.ndarray[Any, np.dtype[np.bool_]], config: Config
) -> None:
    cause = "after 'data.leave_out'" if not kept.all() else "besides the holdout ('evaluation.holdout_fraction')"
    if kept.sum() < _MIN_TRAINING_ROWS:
        raise TrainingError(f"{int(kept.sum())} rows are left to train on {cause}; at least 5 are needed")
    if config.task == "classification":
        lost = sorted(set(table.target) - set(table.target.iloc[train[kept]]))
        if lost:
            raise TrainingError(f"no row of class {', '.join(map(repr, lost))} is left to train on {cause}")
