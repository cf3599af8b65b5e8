"""Which rows are held out together when weights are learned from the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from regression_model.search.ensembling.records import IntArray

N_FOLDS = 5


def draw_folds(
    target: npt.NDArray[Any], groups: npt.NDArray[Any] | None = None, *, classification: bool, seed: int
) -> list[IntArray]:
    """Divide the rows by chance into five parts, in equal shares of the classes if there are any.

    Parameters
    ----------
    target : array of shape (n_rows,)
    groups : array of shape (n_rows,), optional
        Each group is in one part: fewer than five groups are as many parts. They have no say where there is only one,
        or where without a part some class would have no row.
    classification : bool
    seed : int

    Returns
    -------
    list of arrays
        Positions of the rows of each part, ascending.
    """
    if groups is not None and (dealt := _deal_groups(target, groups, classification, seed)):
        return dealt
    n_rows = len(target)
    order = np.random.default_rng(seed).permutation(n_rows)
    if classification:
        codes = np.unique(target.astype(str), return_inverse=True)[1]
        order = order[np.argsort(codes[order], kind="stable")]
    fold = np.empty(n_rows, dtype=np.intp)
    fold[order] = np.arange(n_rows) % N_FOLDS
    return [np.flatnonzero(fold == number) for number in range(N_FOLDS)]


def _deal_groups(
    target: npt.NDArray[Any], groups: npt.NDArray[Any], classification: bool, seed: int
) -> list[IntArray] | None:
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    n_parts = min(N_FOLDS, len(np.unique(groups)))
    if n_parts < 2:
        return None
    labels = target.astype(str) if classification else None
    dealer = (StratifiedGroupKFold if classification else GroupKFold)(n_parts, shuffle=True, random_state=seed)
    folds = list(dealer.split(target, labels, groups))
    if labels is not None and any(len(set(labels[others])) < len(set(labels)) for others, _ in folds):
        return None
    return [held_out for _, held_out in folds]


def find_others(held_out: IntArray, n_rows: int) -> IntArray:
    """Return the positions of all other rows."""
    others = np.ones(n_rows, dtype=bool)
    others[held_out] = False
    return np.flatnonzero(others)
