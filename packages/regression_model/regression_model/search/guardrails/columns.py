"""Guardrails about single columns of the rows to learn from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regression_model.profiling.association import (
    as_bins,
    as_codes,
    as_scores,
    determines,
    explained_by_groups,
    explained_by_order,
)
from regression_model.profiling.names import names_identifier
from regression_model.search.guardrails.records import Guardrail, list_some

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.train_pipeline.splitting import Split

MANY_CATEGORIES = 20
"""Categories from which on one column for each is too many for trees, and rare ones are grouped."""

_MIN_ROWS = 20
_MIN_ROWS_PER_VALUE = 5
_SUSPICIOUS = 0.98
_FREE_TEXT_WORDS = 4
_FREE_TEXT_LENGTH = 50


def find_constant(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find columns that hold one value in all rows; missing counts as a value."""
    del config
    names = tuple(str(name) for name in split.train if split.train[name].nunique(dropna=False) <= 1)
    if names:
        yield Guardrail(
            "constant_columns",
            "information",
            names,
            f"all rows hold the same value of {list_some(names)}",
            "left out: nothing can be learned from them",
            leaves_out=True,
        )


def find_identifiers(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find columns that tell rows apart and nothing else."""
    names = tuple(name for name, dtype in config.features.dtypes().items() if _is_identifier(split.train[name], dtype))
    if names:
        yield Guardrail(
            "identifier_columns",
            "warning",
            names,
            f"{list_some(names)} differs in (nearly) every row: an identifier, it seems",
            "left out: what it says of rows to learn from says nothing of other rows",
            leaves_out=True,
        )


def _is_identifier(column: pd.Series, dtype: str) -> bool:
    values = column.dropna()
    n_rows, n_unique = len(values), values.nunique()
    if n_rows < _MIN_ROWS or dtype not in ("integer", "number", "category"):
        return False
    if dtype == "category":
        return n_unique == n_rows or (names_identifier(str(column.name)) and n_unique > n_rows / 2)
    whole = bool((values == np.floor(values)).all())
    # The rows to learn from are a part of the table, so that a number of the row has gaps here.
    numbers_rows = n_unique == n_rows and values.max() - values.min() < 3 * n_rows
    return whole and (numbers_rows or (names_identifier(str(column.name)) and n_unique > n_rows / 2))


def find_copies(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find columns that hold the values of one before them, or rename its categories one to one."""
    seen: dict[tuple[str, bytes], str] = {}
    dtypes = config.features.dtypes()
    if len(split.train) < _MIN_ROWS:
        return
    for name in split.train:
        column = split.train[name]
        if column.nunique(dropna=False) <= 1:
            continue
        if dtypes[str(name)] in ("category", "boolean"):
            key = ("codes", as_codes(column.to_numpy()).tobytes())
        else:
            key = (str(column.dtype), column.to_numpy().tobytes())
        original = seen.setdefault(key, str(name))
        if original != name:
            yield Guardrail(
                "duplicated_columns",
                "information",
                (str(name),),
                f"{name} says the same as {original} in every row",
                "left out",
                leaves_out=True,
            )


def find_leaks(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find columns that give the target away."""
    target = split.train_target.to_numpy()
    if len(target) < _MIN_ROWS:
        return
    dtypes = config.features.dtypes()
    strength = {str(name): _explain_target(split.train[name], dtypes[str(name)], target) for name in split.train}
    certain = tuple(name for name, explained in strength.items() if explained >= 1.0)
    alone = len(certain) == len(strength)
    if certain:
        yield Guardrail(
            "leaking_columns",
            "warning",
            certain,
            f"{list_some(certain)} determines the target without exception",
            "kept, because nothing else would be left; ask whether it is known beforehand"
            if alone
            else "left out, as a leak: it is probably known only with the outcome",
            leaves_out=not alone,
        )
    suspects = tuple(name for name, explained in strength.items() if _SUSPICIOUS <= explained < 1.0)
    if suspects:
        yield Guardrail(
            "suspicious_columns",
            "warning",
            suspects,
            f"{list_some(suspects)} alone explains {max(strength[name] for name in suspects):.1%} of the target",
            "kept; leave it out under 'search.columns' or 'features.left_out' if it is known only with the outcome",
        )


def _explain_target(column: pd.Series, dtype: str, target: np.ndarray[Any, Any]) -> float:
    """Return the share of the target that a column explains; exactly 1 if it determines it."""
    values = column.to_numpy()
    if dtype in ("category", "boolean"):
        codes = as_codes(values)
        if (codes.max() + 1) * _MIN_ROWS_PER_VALUE > len(codes):
            return 0.0
        if codes.max() > 0 and determines(codes, as_codes(target)):
            return 1.0
        return min(explained_by_groups(codes, as_scores(target)), 0.999)
    if dtype not in ("number", "integer") or np.isnan(values).all() or column.nunique() < 2:
        return 0.0
    scores = as_scores(target)
    if target.dtype.kind == "f":
        explained = explained_by_order(values, scores)
        # Equal up to rounding, which happens only where the ranks are the same or reversed.
        return 1.0 if explained > 1 - 1e-12 and not np.isnan(values).any() else min(explained, 0.999)
    return min(max(explained_by_groups(as_bins(values), scores), 0.0), 0.999)


def find_free_texts(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find categories that are sentences, or differ too much to learn from."""
    for name, dtype in config.features.dtypes().items():
        values = split.train[name].dropna()
        if dtype != "category" or len(values) < _MIN_ROWS or values.nunique() == len(values):
            continue
        counts = values.value_counts()
        frequent = counts[counts >= max(2, len(values) // 10_000)]
        texts = counts.index
        n_words = float(np.mean([len(str(text).split()) for text in texts]))
        long = n_words > _FREE_TEXT_WORDS or float(np.mean([len(str(text)) for text in texts])) > _FREE_TEXT_LENGTH
        if frequent.sum() < len(values) / 2 or (long and len(counts) > len(values) / 10):
            yield Guardrail(
                "text_columns",
                "warning",
                (name,),
                f"{name} holds free text: {len(counts):,} different ones of {n_words:.0f} words on average in "
                f"{len(values):,} rows",
                "left out: too few rows share a text to learn from it",
                leaves_out=True,
            )


def find_many_categories(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find columns of many categories."""
    names = tuple(
        name
        for name, dtype in config.features.dtypes().items()
        if dtype == "category" and split.train[name].nunique() > MANY_CATEGORIES
    )
    if names:
        most = max(int(split.train[name].nunique()) for name in names)
        yield Guardrail(
            "high_cardinality",
            "information",
            names,
            f"{list_some(names)} has up to {most:,} categories",
            "rare ones are grouped, and encodings by the target are cross-fitted, so that no row sees its own",
        )


def find_missing(split: Split, config: Config) -> Iterator[Guardrail]:
    """Find columns with missing values."""
    del config
    fractions = split.train.isna().mean()
    names = tuple(str(name) for name in fractions[fractions > 0].index)
    if names:
        worst = str(fractions.idxmax())
        yield Guardrail(
            "missing_values",
            "information",
            names,
            f"{len(names)} of {split.train.shape[1]} columns have missing values, most of all {worst} "
            f"({float(fractions[worst]):.1%})",
            "filled from the rows to learn from, inside each fold",
        )
