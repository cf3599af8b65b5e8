"""Chooses preprocessing steps and a model that suit a profiled table, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from regression_model.profiling.profiles import HAS_TIME, ColumnProfile, TableProfile
from regression_model.steps.base import Kind

MISSING = "missing"
"""The category that stands for an empty cell."""

_DATE_PARTS = ("year", "month", "day_of_week", "day_of_year", "quarter")
_N_DATE_PARTS = 3
_INDICATOR_FRACTION = 0.05
_FEW_ROWS = 500
_SKEWED = 1.0


@dataclass(frozen=True)
class StepChoice:
    """A preprocessing step to write into the config.

    Attributes
    ----------
    step : str
        Its kind.
    columns : tuple of str
        Names, or a selector.
    why : str
    parameters : tuple of (str, str or float or tuple of str)
        Of the kind.
    for_linear : bool
        Whether only a linear model wants it; it is then written as a comment.
    """

    step: str
    columns: tuple[str, ...]
    why: str
    parameters: tuple[tuple[str, str | float | tuple[str, ...]], ...] = ()
    for_linear: bool = False


@dataclass(frozen=True)
class ModelChoice:
    """A model family to write into the config.

    Attributes
    ----------
    family : str
    why : str
    others : tuple of str
        Families worth a try instead.
    """

    family: str
    why: str
    others: tuple[str, ...]


def choose_model(profile: TableProfile) -> ModelChoice:
    """Choose a family that does well without tuning: boosted trees, or a forest where there are few rows."""
    linear = "ridge" if profile.target.task == "regression" else "logistic_regression"
    if profile.n_rows < _FEW_ROWS:
        return ModelChoice(
            "random_forest",
            f"boosting wants more than {profile.n_rows:,} rows; a forest is steady on few",
            ("extra_trees", linear, "hist_gradient_boosting"),
        )
    return ModelChoice(
        "hist_gradient_boosting",
        "boosted trees: strong on tables of all kinds without tuning, and fast",
        ("random_forest", "extra_trees", linear),
    )


def choose_steps(profile: TableProfile) -> list[StepChoice]:
    """Choose the steps, in their order; afterwards all features are numbers without missing values.

    With that, every family can take the model's place, also those that can't handle missing values.
    """
    return [
        *_choose_dates(profile),
        *_choose_ages(profile),
        *_choose_imputers(profile),
        *_choose_tails(profile),
        *_choose_encoders(profile),
        StepChoice("scale", ("all",), "mean 0 and variance 1, so that the penalty is fair", for_linear=True),
    ]


def _choose_dates(profile: TableProfile) -> Iterator[StepChoice]:
    dates = profile.features("datetime")
    if dates:
        yield StepChoice(
            "date_parts",
            tuple(column.name for column in dates),
            "a model takes numbers, so dates become parts",
            (("features_to_extract", _free_parts(profile)),),
        )


def _choose_ages(profile: TableProfile) -> Iterator[StepChoice]:
    years = [column.name for column in profile.features() if column.looks_like == "year"]
    if profile.year_reference is not None:
        yield StepChoice(
            "elapsed_time",
            tuple(name for name in years if name != profile.year_reference),
            f"years become ages: how long before {profile.year_reference}",
            (("reference", profile.year_reference),),
        )


def _choose_imputers(profile: TableProfile) -> Iterator[StepChoice]:
    categories = _with_missing(profile.features("category"))
    if categories:
        yield StepChoice(
            "impute_category",
            categories,
            f"an empty cell becomes a category of its own, '{MISSING}'",
            (("value", MISSING),),
        )
    booleans = _with_missing(profile.features("boolean"))
    if booleans:
        yield StepChoice("impute_frequent", booleans, "an empty cell becomes the more frequent answer")
    numbers = profile.features("number", "integer")
    taken = {column.name for column in profile.features()}
    indicated = tuple(
        column.name
        for column in numbers
        if column.n_missing >= max(_INDICATOR_FRACTION * profile.n_rows, 1) and f"{column.name}_na" not in taken
    )
    if indicated:
        yield StepChoice(
            "missing_indicator",
            indicated,
            f"missing in {_INDICATOR_FRACTION:.0%} of the rows or more: that itself may say something",
        )
    missing_dates = _with_missing(profile.features("datetime"))
    parts = tuple(f"{name}_{part}" for name in missing_dates for part in _free_parts(profile))
    if numbers_to_fill := (*_with_missing(numbers), *parts):
        yield StepChoice("impute_number", numbers_to_fill, "the median", (("statistic", "median"),))


def _choose_tails(profile: TableProfile) -> Iterator[StepChoice]:
    skewed = tuple(
        column.name for column in profile.features("number") if column.skew is not None and abs(column.skew) > _SKEWED
    )
    if skewed:
        yield StepChoice("yeo_johnson", skewed, "draws in long tails", for_linear=True)


def _choose_encoders(profile: TableProfile) -> Iterator[StepChoice]:
    categories = profile.features("category")
    rare = tuple(column.name for column in categories if column.n_rare > 0)
    if rare:
        yield StepChoice(
            "rare_labels",
            rare if len(rare) < len(categories) / 2 else select(profile, "category"),
            f"those in under {profile.rare_fraction:.1%} of the rows become one, and so do those never seen",
            (("tol", profile.rare_fraction),),
        )
    if not categories:
        return
    if len(profile.target.classes) > 2 and not _one_hot_would_clash(profile):
        yield StepChoice(
            "one_hot",
            select(profile, "category"),
            "a column of 0 and 1 for each category, as several classes have no order to encode by",
        )
    else:
        yield StepChoice(
            "ordered_encoding",
            select(profile, "category"),
            "0, 1, 2, ... in the order of the target's mean",
        )


def select(profile: TableProfile, kind: Kind) -> tuple[str, ...]:
    """Return the selector of a kind, or the columns' names where one of them is called like a selector."""
    if any(column.name in (*get_args(Kind), "all") for column in profile.features()):
        roles = ("number", "integer") if kind == "number" else (kind,)
        return tuple(column.name for column in profile.features(*roles))
    return (kind,)


def _with_missing(columns: Iterable[ColumnProfile]) -> tuple[str, ...]:
    return tuple(column.name for column in columns if column.n_missing > 0)


def _free_parts(profile: TableProfile) -> tuple[str, ...]:
    """Return the parts of dates whose columns don't clash with one that is there, such as ``sold_year``."""
    taken = {column.name for column in profile.features()}
    dates = [column.name for column in profile.features("datetime")]
    free = [part for part in _DATE_PARTS if not any(f"{name}_{part}" in taken for name in dates)]
    clocked = any(column.note == HAS_TIME for column in profile.features("datetime"))
    return (*free[:_N_DATE_PARTS], "hour") if clocked else tuple(free[:_N_DATE_PARTS])


def _one_hot_would_clash(profile: TableProfile) -> bool:
    """Say whether a column for a category could get the name of a column that is there."""
    names = [column.name for column in profile.features()]
    prefixes = tuple(f"{column.name}_" for column in profile.features("category"))
    return any(name.startswith(prefixes) for name in names)
