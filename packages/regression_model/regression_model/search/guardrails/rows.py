"""Guardrails about rows that belong together: duplicates, groups, an order in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regression_model.processing.time_series import find_overlap
from regression_model.profiling.names import names_identifier
from regression_model.search.guardrails.records import Guardrail, list_some

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.train_pipeline.splitting import Split

_MANY_DUPLICATES = 0.01
_MIN_UNIQUE_SHARE = 0.01
_MIN_ROWS = 50


def find_duplicates(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find rows that repeat another one, inside the rows to learn from and across the split."""
    hashes, held_out = _hash_rows(split.train), _hash_rows(split.test)
    n_repeated = int(pd.Series(hashes).duplicated().sum())
    if n_repeated and len(config.features.dtypes()) > 1:
        share = n_repeated / len(hashes)
        yield Guardrail(
            "duplicated_rows",
            "warning" if share >= _MANY_DUPLICATES else "information",
            (),
            f"{n_repeated:,} of {len(hashes):,} rows to learn from ({share:.1%}) repeat the features of another one",
            "kept; where copies fall into different folds, scores are a little too good",
        )
        shared = int(np.isin(held_out, hashes).sum())
        if shared >= _MANY_DUPLICATES * len(held_out):
            yield Guardrail(
                "rows_across_the_split",
                "warning",
                (),
                f"{shared:,} of {len(held_out):,} held-out rows have the very features of a row to learn from",
                "nothing; the held-out score is too good if new rows will not repeat old ones. Name what groups them "
                "under 'evaluation.groups'",
            )


def _hash_rows(frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    plain = frame[[name for name in frame if not _holds_lists(frame[name])]]
    if plain.shape[1] < frame.shape[1] or plain.empty:
        return np.arange(len(frame), dtype=np.uint64)  # series hardly ever repeat to the last bit
    return np.asarray(pd.util.hash_pandas_object(plain, index=False))


def _holds_lists(column: pd.Series) -> bool:
    first = column.dropna().head(1)
    return len(first) > 0 and isinstance(first.iloc[0], list | tuple | np.ndarray)


def find_groups(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find columns that seem to say which rows come from the same source."""
    names = []
    for name, dtype in config.features.dtypes().items():
        values = split.train[name].dropna()
        if dtype in ("integer", "category") and len(values) >= _MIN_ROWS and names_identifier(name):
            n_unique = values.nunique()
            if max(3, _MIN_UNIQUE_SHARE * len(values)) <= n_unique <= len(values) / 2:
                names.append(name)
    if names:
        yield Guardrail(
            "groups",
            "warning",
            tuple(names),
            f"{list_some(names)} looks like an identifier that several rows share",
            "nothing; if new rows come from other sources, name it under 'evaluation.groups', so that folds share none",
        )


def find_time(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find columns that say when a row was made."""
    del split
    names = tuple(name for name, dtype in config.features.dtypes().items() if dtype == "datetime")
    if names:
        yield Guardrail(
            "time",
            "information",
            names,
            f"{list_some(names)} may say when a row was made",
            "nothing; rows are split at random, so if the future differs from the past the scores are too good",
        )


def find_overlapping_windows(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find windows of series that share measurements with one another, on either side of the split."""
    names = tuple(config.features.series)
    if not names:
        return
    overlap = find_overlap(pd.concat([split.train[list(names)], split.test[list(names)]], ignore_index=True))
    if overlap is not None:
        grouped = config.evaluation.groups is not None
        yield Guardrail(
            "overlapping_windows",
            "information" if grouped else "warning",
            names,
            f"{overlap.n_windows:,} of {len(overlap.groups):,} windows share measurements with another; they overlap "
            f"by {overlap.share:.0%}",
            f"rows are split by {config.evaluation.groups!r}, as 'evaluation.groups' says"
            if grouped
            else "nothing; the scores are too good. 'evaluation.groups: overlap' keeps such windows together",
        )
