"""How much one column says of another: shares of explained variance, and whether one determines the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

Floats = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]

_N_BINS = 20


def as_codes(values: np.ndarray[Any, Any]) -> Codes:
    """Give each distinct value a number, 0, 1, 2, ...; a missing one is a value of its own."""
    codes, _ = pd.factorize(values, use_na_sentinel=False)
    return codes.astype(np.int64)


def as_bins(numbers: Floats) -> Codes:
    """Cut numbers into at most twenty groups of about equal size; the missing are a group of their own."""
    edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, _N_BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, numbers, side="left").astype(np.int64)
    bins[np.isnan(numbers)] = len(edges) + 1
    return bins


def as_ranks(numbers: Floats) -> Floats:
    """Return the ranks of numbers, ties sharing their mean; NaN where one is missing."""
    return np.asarray(pd.Series(numbers).rank(), dtype=np.float64)


def as_scores(target: np.ndarray[Any, Any]) -> Floats:
    """Turn a target into scores whose variance there is to explain: ranks of numbers, an indicator per class.

    Parameters
    ----------
    target : ndarray of shape (n_rows,)
        Floats, or text labels; may have missing values.

    Returns
    -------
    ndarray of shape (n_rows, n_scores)
        NaN where the target is missing.
    """
    if target.dtype.kind == "f":
        return as_ranks(target)[:, None]
    codes, _ = pd.factorize(target)
    # Of many classes the most frequent are enough to judge a column by.
    frequent = np.argsort(-np.bincount(codes[codes >= 0]), kind="stable")[:8]
    scores = np.asarray(codes[:, None] == frequent[None, :], dtype=np.float64)
    scores[codes < 0] = np.nan
    return scores


def explained_by_groups(groups: Codes, scores: Floats) -> float:
    """Return the share of the scores' variance that lies between groups, adjusted for the number of groups.

    The square of the correlation ratio, adjusted as epsilon squared is (Kelley 1935, "An unbiased correlation
    ratio measure"), so that groups at random explain nothing.

    Parameters
    ----------
    groups : ndarray of int of shape (n_rows,)
        Small non-negative numbers.
    scores : ndarray of shape (n_rows, n_scores)

    Returns
    -------
    float
        At most 1; at or below 0 if the groups say nothing.

    Examples
    --------
    >>> explained_by_groups(np.array([0, 0, 1, 1]), np.array([[1.0], [1.0], [2.0], [2.0]]))
    1.0
    """
    known = ~np.isnan(scores).any(axis=1)
    groups, scores = groups[known], scores[known]
    n_rows, counts = len(groups), np.bincount(groups)
    n_groups = int((counts > 0).sum())
    total = float(((scores - scores.mean(axis=0)) ** 2).sum())
    if total == 0 or n_groups >= n_rows:
        return 0.0
    within = total
    for score in scores.T:
        sums = np.bincount(groups, weights=score - score.mean())
        within -= float((sums[counts > 0] ** 2 / counts[counts > 0]).sum())
    return 1 - max(within, 0.0) / total * (n_rows - 1) / (n_rows - n_groups)


def explained_by_order(numbers: Floats, scores: Floats) -> float:
    """Return the share of the scores' variance that a line over the numbers' ranks explains, in [0, 1]."""
    ranks = as_ranks(numbers)
    known = ~np.isnan(ranks) & ~np.isnan(scores).any(axis=1)
    ranks, scores = ranks[known] - ranks[known].mean(), scores[known] - scores[known].mean(axis=0)
    total = float((scores**2).sum()) * float((ranks**2).sum())
    return float(((ranks @ scores) ** 2).sum()) / total if total > 0 else 0.0


def determines(groups: Codes, target: Codes) -> bool:
    """Say whether equal groups always go with equal targets, as seen in groups of at least two rows.

    Parameters
    ----------
    groups, target : ndarray of int of shape (n_rows,)
        See `as_codes`.
    """
    pairs = pd.DataFrame({"group": groups, "target": target}).drop_duplicates()
    return len(pairs) == pairs["group"].nunique()
