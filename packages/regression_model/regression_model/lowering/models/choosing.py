"""Chooses how a fitted model is lowered, by its class."""

from __future__ import annotations

import sys
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
    lower = _build_dispatch("lightgbm" in sys.modules)
    if type(model) not in lower.registry:  # what derives from a known class may predict otherwise
        raise NotLowerableError("model", f"there is no compiled form of {type(model).__name__}")
    section: dict[str, Any] = lower(model, builder)
    return section


@cache
def _build_dispatch(with_lightgbm: bool) -> Any:  # noqa: ANN401 - typeshed keeps the type to itself
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

    from regression_model.lowering.models import boosting, forest, linear

    @singledispatch
    def lower(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - any model
        raise NotImplementedError

    for each in (LinearRegression, Ridge, Lasso, ElasticNet):
        lower.register(each, linear.lower_regression)
    lower.register(LogisticRegression, linear.lower_logistic)
    for each in (RandomForestRegressor, ExtraTreesRegressor, RandomForestClassifier, ExtraTreesClassifier):
        lower.register(each, forest.lower_forest)
    for each in (HistGradientBoostingRegressor, HistGradientBoostingClassifier):
        lower.register(each, boosting.lower_boosting)
    if with_lightgbm:  # no fitted model of it is there without it
        from regression_model.families.adapted.lightgbm_models import LightGBMClassifier, LightGBMRegressor
        from regression_model.lowering.models import lightgbm

        lower.register(LightGBMRegressor, lightgbm.lower_booster)
        lower.register(LightGBMClassifier, lightgbm.lower_booster)
    return lower
