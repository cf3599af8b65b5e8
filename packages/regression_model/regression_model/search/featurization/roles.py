"""What the columns are to a search: found in the rows to learn from, unless the configuration says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regression_model.errors import ConfigError
from regression_model.profiling.association import as_bins, as_scores, explained_by_groups
from regression_model.profiling.names import names_year
from regression_model.search.geography import Coordinates, find_coordinates
from regression_model.search.guardrails import Guardrail, columns_left_out
from regression_model.suggestions import suggest

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.config.search import ColumnChoice
    from regression_model.train_pipeline.splitting import Split

RARE_ROWS = 20
"""Rows that a category has to have, about, to be learned from on its own."""

_SKEWED = 1.0
_MIN_SPREAD_VALUES = 30
_INDICATED_SHARE = 0.01
_MAX_YEARS = 1000
_MAX_PAIRED = 25


@dataclass(frozen=True)
class Roles:
    """What each column is.

    Attributes
    ----------
    left_out : mapping of str to str
        Columns that no step reads, with the reason.
    numbers, categories, booleans, dates, series : tuple of str
        The others by kind, in the order of the frame; integers are numbers.
    clocked : bool
        Whether dates have a time of day.
    coordinates : Coordinates or None
    years : tuple of str
        Years that become ages, counted back from ``year_reference``.
    year_reference : str or None
    skewed : tuple of str
        Numbers with a long tail.
    spread : tuple of str
        Numbers of many values, of which no single one has most rows: those that can have outliers.
    indicated : tuple of str
        Numbers that are missing often enough in training for that to say something.
    incomplete : tuple of str
        Numbers that are missing somewhere, in training or in the held-out rows.
    paired : tuple of str
        Numbers whose ratios may tell something: no coordinates, and of many only those that say most of the target.
    n_categories : mapping of str to int
        How many categories each category column has.
    rare : tuple of str
        Category columns that have categories of few rows.
    n_rows : int
        To learn from.
    classes : tuple of str
        The classes, sorted, where there are more than two.
    overrides : mapping of str to ColumnChoice
    """

    left_out: Mapping[str, str]
    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    booleans: tuple[str, ...]
    dates: tuple[str, ...]
    series: tuple[str, ...]
    clocked: bool
    coordinates: Coordinates | None
    years: tuple[str, ...]
    year_reference: str | None
    skewed: tuple[str, ...]
    spread: tuple[str, ...]
    indicated: tuple[str, ...]
    incomplete: tuple[str, ...]
    paired: tuple[str, ...]
    n_categories: Mapping[str, int]
    rare: tuple[str, ...]
    n_rows: int
    classes: tuple[str, ...]
    overrides: Mapping[str, ColumnChoice] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """Return all columns that are not left out."""
        return (*self.numbers, *self.categories, *self.booleans, *self.dates, *self.series)

    def places(self) -> tuple[str, ...]:
        """Return the columns that are coordinates, if any."""
        return () if self.coordinates is None else (self.coordinates.latitude, self.coordinates.longitude)

    def is_free(self, columns: Iterable[str]) -> bool:
        """Say whether new columns can have these names."""
        return set(columns).isdisjoint((*self.names(), *self.left_out))


def find_roles(split: Split, config: Config, guardrails: Sequence[Guardrail]) -> Roles:
    """Find out what the columns are.

    Parameters
    ----------
    split : Split
        Of the held-out rows only which features are missing is read.
    config : Config
    guardrails : sequence of Guardrail

    Raises
    ------
    ConfigError
        If ``search.columns`` names a column that is no feature, or leaves no column.
    """
    overrides = config.search.columns
    _check_overrides(overrides, list(config.features.dtypes()))
    left_out = _choose_left_out(guardrails, overrides)
    kinds = {name: kind for name, kind in config.features.kinds().items() if name not in left_out}
    if not kinds:
        raise ConfigError("no feature is left for the search; keep some under 'search.columns'", key="search.columns")
    held = {kind: tuple(name for name in kinds if kinds[name] == kind) for kind in set(kinds.values())}
    numbers, categories = held.get("number", ()), held.get("category", ())
    train = split.train
    reference, years = _find_years(train, [name for name in numbers if name in config.features.integer])
    coordinates = _find_coordinates(split, overrides, numbers)
    return Roles(
        left_out=left_out,
        numbers=numbers,
        categories=categories,
        booleans=held.get("boolean", ()),
        dates=held.get("datetime", ()),
        series=held.get("series", ()),
        clocked=any(_has_time(train[name]) for name in held.get("datetime", ())),
        coordinates=coordinates,
        years=years,
        year_reference=reference,
        skewed=tuple(name for name in numbers if _is_skewed(train[name])),
        spread=tuple(name for name in numbers if _is_spread(train[name])),
        indicated=tuple(name for name in numbers if train[name].isna().mean() >= _INDICATED_SHARE),
        incomplete=tuple(name for name in numbers if train[name].isna().any() or split.test[name].isna().any()),
        paired=_choose_paired(train, split.train_target.to_numpy(), numbers, coordinates),
        n_categories={name: train[name].nunique() for name in categories},
        rare=tuple(name for name in categories if _has_rare(train[name])),
        n_rows=len(train),
        classes=_list_classes(split.train_target, config),
        overrides=overrides,
    )


def _check_overrides(overrides: Mapping[str, ColumnChoice], features: list[str]) -> None:
    for name, choice in overrides.items():
        if name not in features:
            raise ConfigError(
                f"'search.columns' names {name!r}, which is no feature{suggest(name, features)}",
                key=f"search.columns.{name}",
            )
        same = [other for other, said in overrides.items() if said.role == choice.role and choice.role != "left_out"]
        if choice.role is not None and len(same) > 1:
            raise ConfigError(
                f"one column is the {choice.role}, found {', '.join(same)}", key=f"search.columns.{name}.role"
            )


def _choose_left_out(guardrails: Sequence[Guardrail], overrides: Mapping[str, ColumnChoice]) -> dict[str, str]:
    """Leave out what guardrails say, unless the configuration says what to do with the column."""
    left_out = {name: why for name, why in columns_left_out(guardrails).items() if name not in overrides}
    said = {name: "search.columns says so" for name, choice in overrides.items() if choice.role == "left_out"}
    return left_out | said


def _find_coordinates(
    split: Split, overrides: Mapping[str, ColumnChoice], numbers: Sequence[str]
) -> Coordinates | None:
    said = {name: choice.role for name, choice in overrides.items() if choice.role in ("latitude", "longitude")}
    roles = {name: str(role) for name, role in said.items()}
    return find_coordinates(split.train, split.train_target.to_numpy(), list(numbers), roles)


def _choose_paired(
    train: pd.DataFrame, target: np.ndarray[Any, Any], numbers: Sequence[str], coordinates: Coordinates | None
) -> tuple[str, ...]:
    """Choose the numbers to look for ratios among; the time that takes grows with the square of how many there are."""
    places = () if coordinates is None else (coordinates.latitude, coordinates.longitude)
    names = [name for name in numbers if name not in places and train[name].nunique() > 2]
    if len(names) <= _MAX_PAIRED:
        return tuple(names)
    scores = as_scores(target)
    strength = {name: explained_by_groups(as_bins(train[name].to_numpy(dtype=np.float64)), scores) for name in names}
    kept = sorted(names, key=lambda name: -strength[name])[:_MAX_PAIRED]
    return tuple(name for name in names if name in kept)


def _find_years(train: pd.DataFrame, integers: list[str]) -> tuple[str | None, tuple[str, ...]]:
    """Find the year that others can be counted back from: known in each row, and hardly ever before another one."""
    named = [name for name in integers if names_year(name) and _are_years(train[name])]
    for reference in named:
        others = tuple(name for name in named if name != reference)
        latest = train[reference]
        if others and not latest.isna().any():
            before = [float((train[name].dropna() <= latest[train[name].notna()]).mean()) for name in others]
            if min(before) >= 0.99:
                return reference, others
    return None, ()


def _are_years(column: pd.Series) -> bool:
    known = column.dropna()
    return len(known) > 0 and float(known.between(1500, 1500 + _MAX_YEARS).mean()) >= 0.99


def _has_time(column: pd.Series) -> bool:
    known = column.dropna()
    return bool((known != known.dt.normalize()).any())


def _is_skewed(column: pd.Series) -> bool:
    known = column.dropna()
    if len(known) < 20 or known.nunique() < 10:
        return False
    return bool(abs(float(known.skew())) > _SKEWED)  # type: ignore[arg-type] # a Series of float


def _is_spread(column: pd.Series) -> bool:
    known = column.dropna()
    if known.nunique() < _MIN_SPREAD_VALUES:
        return False
    low, high = np.quantile(known.to_numpy(dtype=np.float64), [0.25, 0.75])
    return bool(high > low)


def _has_rare(column: pd.Series) -> bool:
    counts = column.value_counts()
    return len(counts) > 0 and int(counts.min()) < RARE_ROWS


def _list_classes(target: pd.Series, config: Config) -> tuple[str, ...]:
    classes = tuple(str(label) for label in np.unique(target.to_numpy())) if config.task == "classification" else ()
    return classes if len(classes) > 2 else ()
