"""Chooses how the predictions of a model are explained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regression_model.errors import ExplanationError
from regression_model.explain.attribution import Attributor, Numbers


def choose_attributor(model: Any, build_reference: Callable[[], Numbers]) -> Attributor:  # noqa: ANN401 - any model
    """Choose by what the model is.

    Parameters
    ----------
    model : estimator
        Fitted; learns the transformed target itself.
    build_reference : callable
        Makes the row, of shape (n_columns,), to which linear models compare.

    Raises
    ------
    ExplanationError
        If the model is none of those that can be explained, or if there is no row to compare to.
    """
    from sklearn.ensemble import (
        ExtraTreesClassifier,
        ExtraTreesRegressor,
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
        RandomForestClassifier,
        RandomForestRegressor,
    )

    from regression_model.explain.linear import LinearAttributor
    from regression_model.explain.trees import BoostingAttributor, ForestAttributor, LightGBMAttributor

    if isinstance(model, (RandomForestRegressor, RandomForestClassifier, ExtraTreesRegressor, ExtraTreesClassifier)):
        return ForestAttributor(model)
    if isinstance(model, (HistGradientBoostingRegressor, HistGradientBoostingClassifier)):
        return BoostingAttributor(model)
    if hasattr(model, "booster_"):
        return LightGBMAttributor(model)
    if hasattr(model, "coef_") and hasattr(model, "intercept_"):
        return LinearAttributor(model, build_reference())
    raise ExplanationError(
        f"the predictions of a {type(model).__name__} can't be explained; linear models, forests and boosted trees can"
    )
