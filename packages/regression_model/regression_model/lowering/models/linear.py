"""Linear models."""

from __future__ import annotations

from typing import Any

import numpy as np

from regression_model.lowering.models.base import ProgramBuilder


def lower_regression(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower a linear regression, with whatever penalty it was fitted."""
    return _lower(model, "identity", builder)


def lower_logistic(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower a logistic regression: of two classes one output, the log odds; of more one for each class."""
    return _lower(model, "softmax" if len(model.classes_) > 2 else "sigmoid", builder)


def _lower(model: Any, link: str, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    builder.require(builder.column_slots(), missing=True, infinite=True)
    coefficients = np.atleast_2d(np.asarray(model.coef_, dtype=np.float64))
    intercepts = np.broadcast_to(np.asarray(model.intercept_, dtype=np.float64), len(coefficients))
    return {
        "kind": "linear",
        "link": link,
        "coefficients": coefficients.tolist(),
        "intercepts": intercepts.tolist(),
    }
