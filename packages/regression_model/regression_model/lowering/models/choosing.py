"""Chooses how a fitted model is lowered, by its class."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache, singledispatch
from typing import Any

from regression_model.errors import NotLowerableError
from regression_model.lowering.models.base import ProgramBuilder


def lower_model(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower a fitted model.

    What it asks of its values becomes a ``require`` of the program.

    Parameters
    ----------
    model : estimator
        Fitted; of a transformed target the one that learns the transformed target.
    builder : Builder
        Takes requirements, arrays and texts.

    Returns
    -------
    dict
        The section ``model`` of the program.

    Raises
    ------
    NotLowerableError
        If nothing is known of its class.
    """
    lower = _build_dispatch(tuple(library for library in ("lightgbm", "xgboost", "catboost") if library in sys.modules))
    if type(model) not in lower.registry:  # what derives from a known class may predict otherwise
        raise NotLowerableError("model", f"there is no compiled form of {type(model).__name__}")
    section: dict[str, Any] = lower(model, builder)
    return section


@cache
def _build_dispatch(libraries: tuple[str, ...]) -> Any:  # noqa: ANN401 - typeshed keeps the type to itself
    """Build it at the first use, so that only then the libraries of models are imported."""
    from sklearn.ensemble import (
        ExtraTreesClassifier,
        ExtraTreesRegressor,
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
        RandomForestClassifier,
        RandomForestRegressor,
    )
    from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge

    from regression_model.families.adapted.category_boosting import (
        CategoryBoostingClassifier,
        CategoryBoostingRegressor,
    )
    from regression_model.families.adapted.keras_network import KerasClassNetwork, KerasNumberNetwork
    from regression_model.families.adapted.ridge_probabilities import RidgeProbabilities
    from regression_model.families.adapted.sklearn_network import SklearnClassNetwork, SklearnNumberNetwork
    from regression_model.lowering.models import boosting, forest, linear, network

    @singledispatch
    def lower(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - any model
        raise NotImplementedError

    for each in (LinearRegression, Ridge, Lasso, ElasticNet):
        lower.register(each, linear.lower_regression)
    for each in (LogisticRegression, RidgeProbabilities):
        lower.register(each, linear.lower_logistic)
    for each in (RandomForestRegressor, ExtraTreesRegressor, RandomForestClassifier, ExtraTreesClassifier):
        lower.register(each, forest.lower_forest)
    for each in (HistGradientBoostingRegressor, HistGradientBoostingClassifier):
        lower.register(each, boosting.lower_boosting)
    for each in (CategoryBoostingRegressor, CategoryBoostingClassifier):
        lower.register(each, boosting.lower_category_boosting)
    for each in (SklearnNumberNetwork, KerasNumberNetwork):
        lower.register(each, network.lower_number_network)
    for each in (SklearnClassNetwork, KerasClassNetwork):
        lower.register(each, network.lower_class_network)
    for each, lower_booster in _list_boosters(libraries):
        lower.register(each, lower_booster)
    return lower


def _list_boosters(libraries: Sequence[str]) -> Iterator[tuple[type, Callable[..., dict[str, Any]]]]:
    """Yield the classes around boosters of these libraries; without its library no fitted model is there."""
    if "lightgbm" in libraries:
        from regression_model.families.adapted.lightgbm_models import LightGBMClassifier, LightGBMRegressor
        from regression_model.lowering.models import lightgbm

        yield LightGBMRegressor, lightgbm.lower_booster
        yield LightGBMClassifier, lightgbm.lower_booster
    if "xgboost" in libraries:
        from regression_model.families.adapted.xgboost_models import XGBoostClassifier, XGBoostRegressor
        from regression_model.lowering.models import xgboost

        yield XGBoostRegressor, xgboost.lower_booster
        yield XGBoostClassifier, xgboost.lower_booster
    if "catboost" in libraries:
        from regression_model.families.adapted.catboost_models import CatBoostClassifier, CatBoostRegressor
        from regression_model.lowering.models import catboost

        yield CatBoostRegressor, catboost.lower_booster
        yield CatBoostClassifier, catboost.lower_booster
