"""The parts into which a stack divides the rows that it learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

if TYPE_CHECKING:
    Positions = np.ndarray[Any, np.dtype[np.intp]]

_REMEDY = "use fewer folds ('model.folds'), or a vote"


def find_stack_folds(
    target: np.ndarray[Any, Any],
    groups: np.ndarray[Any, Any] | None,
    n_folds: int,
    seed: int,
    *,
    classification: bool,
) -> list[tuple[Positions, Positions]]:
    """Divide rows by chance, groups as a whole, in a classification in about equal shares of the classes.

    Parameters
    ----------
    target : ndarray of shape (n_rows,)
    groups : ndarray of shape (n_rows,) or None
        The group of each row, if there are groups.
    n_folds : int
        At least 2.
    seed : int
    classification : bool

    Returns
    -------
    list of pairs of ndarray
        Positions of the rows to learn from, and to predict; each row is predicted once.

    Raises
    ------
    ValueError
        If there are fewer groups than folds, if a class has fewer rows, or if a fold would leave none of its rows to
        learn from.
    """
    if classification:
        _check_classes(target, n_folds)
    if groups is not None and len(np.unique(groups)) < n_folds:
        raise ValueError(
            f"the stack has {n_folds} folds, but there are {len(np.unique(groups))} group(s) of rows to learn from; "
            f"{_REMEDY}"
        )
    if classification:
        kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    else:
        kind = KFold if groups is None else GroupKFold
    rows = np.zeros(len(target))
    folds = list(kind(n_folds, shuffle=True, random_state=seed).split(rows, target, groups))
    if classification:
        _check_none_lost(target, folds)
    return folds


def _check_classes(labels: np.ndarray[Any, Any], n_folds: int) -> None:
    classes, counts = np.unique(labels, return_counts=True)
    if counts.min() < n_folds:
        raise ValueError(
            f"the stack has {n_folds} folds, but class {classes[counts.argmin()]!r} has {counts.min()} row(s) to learn "
            f"from; {_REMEDY}"
        )


def _check_none_lost(labels: np.ndarray[Any, Any], folds: list[tuple[Positions, Positions]]) -> None:
    for train, _ in folds:
        lost = sorted(set(labels) - set(labels[train]))
        if lost:
            raise ValueError(
                f"in a fold of the stack no row of class {', '.join(map(repr, lost))} is left to learn from, because "
                f"too few groups have it; {_REMEDY}"
            )
