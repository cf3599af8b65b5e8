"""Which model families a search tries, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from regression_model.errors import ConfigError, MissingExtraError
from regression_model.families.base import Family
from regression_model.families.registry import model_families
from regression_model.search_space import TableFacts
from regression_model.suggestions import suggest

if TYPE_CHECKING:
    from regression_model.config.search import SearchConfig

_FEW_ROWS = 3_000

# What wins on tables is known well enough (Grinsztajn et al. 2022; McElfresh et al. 2023): boosted trees first, and of
# few rows also models of straight lines, which differ most from trees and so help a vote of several.
_OF_MANY_ROWS = (
    *("lightgbm", "catboost", "xgboost", "hist_gradient_boosting", "mlp", "extra_trees", "random_forest"),
    *("ridge", "logistic_regression", "knn", "elastic_net", "lasso"),
)
_OF_FEW_ROWS = (
    *("lightgbm", "catboost", "lasso", "logistic_regression", "xgboost", "ridge", "hist_gradient_boosting"),
    *("elastic_net", "extra_trees", "random_forest", "mlp", "knn"),
)

# Where time is short, those that are quickly done come first: a vote of some is better than one that was not finished.
_IN_HASTE = (
    *("lightgbm", "xgboost", "hist_gradient_boosting", "catboost", "ridge", "logistic_regression", "extra_trees"),
    *("random_forest", "mlp", "elastic_net", "lasso", "knn"),
)
# Thousands of convolutions and a straight line through them is hard to beat (Dempster et al. 2021).
_OF_SERIES = ("ridge_classifier", "logistic_regression", "ridge")
_SECONDS_A_ROW = 0.018
"""Seconds for each row to learn from, below which time is short: with two processors about the cross-validations of
three families."""

_MODULES = {"neural": "keras"}
"""The library behind an extra, where it is not called like it."""

_ONLY_IF_NAMED = frozenset({"keras_mlp"})
"""Families that a search tries only if the configuration names them: they have no compiled form, and need seconds to
start, for what another family does as well."""


def is_in_haste(facts: TableFacts, settings: SearchConfig) -> bool:
    """Say whether a search has so little time for so many rows that only a few families can be tried.

    How many trials run at the same time has no say in it: what is proposed must not depend on that.
    """
    return settings.time_limit_s is not None and settings.time_limit_s < _SECONDS_A_ROW * facts.n_rows


def choose_families(
    facts: TableFacts, names: Sequence[str], *, haste: bool = False, series: bool = False
) -> list[type[Family]]:
    """Choose the families to try, the most promising first.

    Parameters
    ----------
    facts : TableFacts
    names : sequence of str
        What the configuration names; if empty, all that can do the task, are installed and offer a start.
    haste : bool
        Whether time is short, so that quick ones come first.
    series : bool
        Whether features are time series.

    Raises
    ------
    ConfigError
        If a named family does not exist, can't do the task, or offers a search no start.
    MissingExtraError
        If the library of a named family is not installed.
    """
    known = model_families()
    for name in names:
        _check_named(name, known, facts)
    order: tuple[str, ...] = _IN_HASTE if haste else _OF_FEW_ROWS if facts.n_rows < _FEW_ROWS else _OF_MANY_ROWS
    order = tuple(dict.fromkeys((*_OF_SERIES, *order))) if series else order
    ranked = [*(name for name in order if name in known), *(name for name in known if name not in order)]
    wanted = [name for name in ranked if name in names] if names else [name for name in ranked if _suits(name, facts)]
    if not wanted:
        raise ConfigError(f"no family that is installed can do {facts.task}", key="search.families")
    return [known[name] for name in wanted]


def is_installed(family: type[Family]) -> bool:
    """Say whether a family's library is there."""
    return family.extra is None or find_spec(_MODULES.get(family.extra, family.extra)) is not None


def _suits(name: str, facts: TableFacts) -> bool:
    family = model_families()[name]
    if name in _ONLY_IF_NAMED or facts.task not in family.tasks or not is_installed(family):
        return False
    return bool(family.portfolio(facts))


def _check_named(name: str, known: dict[str, type[Family]], facts: TableFacts) -> None:
    key = "search.families"
    if name not in known:
        raise ConfigError(
            f"there is no family {name!r}{suggest(name, list(known))}; known are {', '.join(known)}", key=key
        )
    family = known[name]
    if facts.task not in family.tasks:
        raise ConfigError(f"the family {name!r} can't do {facts.task}", key=key)
    if not is_installed(family):
        raise MissingExtraError(f"the model family {name!r}", str(family.extra))
    if not family.portfolio(facts):
        raise ConfigError(f"the family {name!r} offers a search no start to begin with", key=key)
