"""Guardrails about what is to be predicted; they read the rows to learn from only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from regression_model.search.guardrails.records import Guardrail

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.train_pipeline.splitting import Split

IMBALANCED_SHARE = 0.25
"""A class is rare with less than this part of the rows that it would have if all classes had the same."""

SKEWED = 1.0
"""Adjusted Fisher-Pearson coefficient above which a distribution has a long tail."""

_CAPPED_SHARE = 0.005


def find_imbalance(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find classes with few rows."""
    if config.task != "classification":
        return
    shares = split.train_target.value_counts(normalize=True).sort_index()
    rare = shares[shares < IMBALANCED_SHARE / len(shares)]
    if len(rare) or shares.max() > 1 - 1 / (2 * len(shares)):
        label, share = str(shares.idxmin()), float(shares.min())
        yield Guardrail(
            "class_imbalance",
            "warning" if len(rare) else "information",
            (config.target.column,),
            f"the rarest of {len(shares)} classes, {label!r}, has {share:.1%} of the rows",
            "folds keep the shares of the classes, and models that weigh classes equally are tried, too",
        )


def find_skew(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find a target with a long tail of large values."""
    if config.task != "regression":
        return
    values = split.train_target
    skew = float(values.skew()) if len(values) > 2 else 0.0  # type: ignore[arg-type] # a Series of float
    if skew > SKEWED:
        positive = bool((values > 0).all())
        yield Guardrail(
            "skewed_target",
            "information",
            (config.target.column,),
            f"the target has a long tail of large values (skew {skew:.1f})",
            "models of its logarithm are tried, too"
            if positive
            else "it has no logarithm, because some values are zero or negative; models learn it as it is",
        )


def find_cap(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find a target that seems to have been cut off at its largest value."""
    if config.task != "regression":
        return
    values = split.train_target.to_numpy()
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) < 50:  # few distinct values repeat anyway
        return
    if counts[-1] >= max(_CAPPED_SHARE * len(values), 10) and counts[-1] > 10 * np.median(counts):
        yield Guardrail(
            "capped_target",
            "warning",
            (config.target.column,),
            f"{counts[-1]:,} rows ({counts[-1] / len(values):.1%}) have exactly the largest value, "
            f"{distinct[-1]:,.10g}: larger ones were probably cut off",
            "nothing; predictions near that value are too low if what is wanted is the true value",
        )
