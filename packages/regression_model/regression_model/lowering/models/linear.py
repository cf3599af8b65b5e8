"""Linear models."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge

from regression_model.errors import NotLowerableError
from regression_model.lowering.models.base import ProgramBuilder


def lower_regression(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower a linear regression, with whatever penalty it was fitted."""
    return _lower(model, "identity", builder)


def lower_logistic(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower a logistic regression: of two classes one output, the log odds; of more one for each class."""
    return _lower(model, "softmax" if len(model.classes_) > 2 else "sigmoid", builder)


def _lower(model: Any, link: str, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    builder.require(builder.column_slots(), missing=True, infinite=True)
    return _describe(model, link)


def lower_final(model: Any) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower the final model of a stack, whose inputs the stack itself looks at.

    Raises
    ------
    NotLowerableError
        If it is not linear: another one may answer quite differently where its inputs differ in the last bits.
    """
    if type(model) in (LinearRegression, Ridge, Lasso, ElasticNet):
        return _describe(model, "identity")
    if type(model) is LogisticRegression:
        return _describe(model, "softmax" if len(model.classes_) > 2 else "sigmoid")
    raise NotLowerableError("model", f"a stack whose final model is a {type(model).__name__} has no compiled form")


def _describe(model: Any, link: str) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    coefficients = np.atleast_2d(np.asarray(model.coef_, dtype=np.float64))
    intercepts = np.broadcast_to(np.asarray(model.intercept_, dtype=np.float64), len(coefficients))
    return {
        "kind": "linear",
        "link": link,
        "coefficients": coefficients.tolist(),
        "intercepts": intercepts.tolist(),
    }
