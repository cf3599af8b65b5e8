"""Guardrails about how the held-out rows differ from those to learn from: by their features, never their target."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.search.guardrails.records import Guardrail, list_some

if TYPE_CHECKING:
    import pandas as pd

    from regression_model.config import Config
    from regression_model.train_pipeline.splitting import Split

_LEVEL = 0.001
"""Probability of a false alarm, over all columns together (Bonferroni)."""

_MIN_DISTANCE = 0.03
"""Distance of two distributions, in [0, 1], below which a difference does not matter however sure it is."""

_MIN_UNSEEN_SHARE = 0.001
_MIN_NEWLY_MISSING = 0.005


def find_newly_missing(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find columns that are missing in the held-out rows far more often than in those to learn from."""
    del config
    train, test = split.train.isna().mean(), split.test.isna().mean()
    names = [str(name) for name in split.train]
    never = tuple(name for name in names if train[name] == 0 and test[name] > 0)
    if never:
        shown = ", ".join(f"{name} ({int(split.test[name].isna().sum()):,} rows)" for name in never[:5])
        yield Guardrail(
            "missing_only_later",
            "warning" if max(test[name] for name in never) >= _MIN_NEWLY_MISSING else "information",
            never,
            f"never missing in the rows to learn from, but in held-out ones: {shown}",
            "the automatic preparation learns to fill every column, from related ones where there are such, so that no "
            "model meets a missing value that it can't handle",
        )
    more = tuple(
        name
        for name in names
        if train[name] > 0 and _is_larger(float(train[name]), len(split.train), float(test[name]), len(split.test))
    )
    if more:
        worst = max(more, key=lambda name: float(test[name] - train[name]))
        yield Guardrail(
            "missing_more_later",
            "warning",
            more,
            f"missing more often in the held-out rows, most of all {worst} ({float(train[worst]):.1%}, then "
            f"{float(test[worst]):.1%})",
            "filled as in the rows to learn from",
        )


def _is_larger(first: float, n_first: int, second: float, n_second: int) -> bool:
    """Say whether a second share is clearly the larger one (z test of two proportions)."""
    pooled = (first * n_first + second * n_second) / (n_first + n_second)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n_first + 1 / n_second))
    return second - first > _MIN_DISTANCE and error > 0 and (second - first) / error > 4.0


def find_unseen_categories(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find columns with categories that only the held-out rows have."""
    shares = {}
    for name, dtype in config.features.dtypes().items():
        if dtype == "category":
            known = split.test[name].dropna()
            shares[name] = float((~known.isin(split.train[name].unique())).mean()) if len(known) else 0.0
    names = tuple(name for name, share in shares.items() if share > _MIN_UNSEEN_SHARE)
    if names:
        worst = max(names, key=lambda name: shares[name])
        yield Guardrail(
            "unseen_categories",
            "information",
            names,
            f"held-out rows have categories of {list_some(names)} that the rows to learn from have not, most of all "
            f"{worst} ({shares[worst]:.1%} of the rows)",
            "they count as rare ones, or as the most frequent one",
        )


def find_shifts(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find columns whose values are distributed otherwise in the held-out rows.

    Numbers and dates by the two-sample statistic of Kolmogorov and Smirnov, categories by total variation; both in
    [0, 1]. Called a shift only where it is larger than chance explains (Smirnov's asymptotic bound; for categories
    the bound of Weissman et al. 2003 for the L1 distance) and large enough to matter.
    """
    dtypes = config.features.dtypes()
    level = _LEVEL / max(len(dtypes), 1)
    shifted = {}
    for name, dtype in dtypes.items():
        first, second = split.train[name].dropna(), split.test[name].dropna()
        if min(len(first), len(second)) < 20 or dtype == "series":
            continue
        distance = _total_variation(first, second) if dtype == "category" else _smirnov(first, second)
        n_values = first.nunique() if dtype == "category" else 2
        if distance > max(_chance(len(first), len(second), n_values, level), _MIN_DISTANCE):
            shifted[name] = distance
    if shifted:
        worst = max(shifted, key=lambda name: shifted[name])
        yield Guardrail(
            "drift",
            "warning",
            tuple(shifted),
            f"{list_some(shifted)}: distributed otherwise in the held-out rows, most of all {worst} (distance "
            f"{shifted[worst]:.2f} of 1)",
            "nothing; the held-out score may differ from that of the folds. Rows in the order of time are one cause",
        )


def _chance(n_first: int, n_second: int, n_values: int, level: float) -> float:
    """Return the distance that chance exceeds with a probability of about ``level`` at most."""
    scale = (n_first + n_second) / (n_first * n_second)
    if n_values <= 2:
        return math.sqrt(-math.log(level / 2) / 2 * scale)
    return math.sqrt((n_values * math.log(2) - math.log(level)) / 2 * scale)


def _smirnov(first: pd.Series, second: pd.Series) -> float:
    left, right = np.sort(_as_numbers(first)), np.sort(_as_numbers(second))
    points = np.unique(np.concatenate([left, right]))
    below_left = np.searchsorted(left, points, side="right") / len(left)
    below_right = np.searchsorted(right, points, side="right") / len(right)
    return float(np.abs(below_left - below_right).max())


def _as_numbers(column: pd.Series) -> np.ndarray[Any, Any]:
    values = column.to_numpy()
    return values.astype("datetime64[s]").astype(np.float64) if values.dtype.kind == "M" else values.astype(np.float64)


def _total_variation(first: pd.Series, second: pd.Series) -> float:
    categories = sorted({*first.unique(), *second.unique()})
    shares = [
        column.value_counts(normalize=True).reindex(categories, fill_value=0.0).to_numpy(dtype=np.float64)
        for column in (first, second)
    ]
    return float(np.abs(shares[0] - shares[1]).sum()) / 2
