"""Runs all guardrails over a table that was split."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from regression_model.search.guardrails import columns, drift, rows, target
from regression_model.search.guardrails.records import Guardrail

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.train_pipeline.splitting import Split

Check = Callable[["Split", "Config"], Iterator[Guardrail]]

_CHECKS: tuple[Check, ...] = (
    target.find_imbalance,
    target.find_skew,
    target.find_cap,
    columns.find_constant,
    columns.find_identifiers,
    columns.find_copies,
    columns.find_leaks,
    columns.find_free_texts,
    columns.find_many_categories,
    columns.find_missing,
    drift.find_newly_missing,
    drift.find_unseen_categories,
    drift.find_shifts,
    rows.find_duplicates,
    rows.find_groups,
    rows.find_overlapping_windows,
    rows.find_time,
)


def check_guardrails(split: Split, config: Config) -> tuple[Guardrail, ...]:
    """Look for what makes a search's scores wrong, or its models fragile.

    Parameters
    ----------
    split : Split
        The rows to learn from, and the held-out ones. Of the latter only the features are read, never the target.
    config : Config

    Returns
    -------
    tuple of Guardrail
        Target first, then columns, then the held-out rows, then rows; a function of its arguments alone.
    """
    return tuple(found for check in _CHECKS for found in check(split, config))
