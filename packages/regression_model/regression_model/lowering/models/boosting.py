"""Histogram gradient boosting of scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from regression_model.compiled.attribution.nodes import TreeNodes
from regression_model.compiled.models.trees import LEAF
from regression_model.errors import NotLowerableError
from regression_model.lowering.models.base import ProgramBuilder
from regression_model.lowering.models.level_order import add_trees

_LINKS = {
    "HalfSquaredError": "identity",
    "AbsoluteError": "identity",
    "PinballLoss": "identity",
    "HalfPoissonLoss": "exp",
    "HalfGammaLoss": "exp",
    "HalfBinomialLoss": "sigmoid",
    "HalfMultinomialLoss": "softmax",
}


def lower_boosting(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower a boosting; it takes any value, missing or infinite.

    Raises
    ------
    NotLowerableError
        If a tree splits by categories, or if the loss is not known.
    """
    loss = type(model._loss).__name__
    if loss not in _LINKS:
        raise NotLowerableError("model", f"there is no compiled form of {type(model).__name__} with the loss {loss}")
    baselines = np.ravel(model._baseline_prediction).astype(np.float64).tolist()
    trees = add_trees(_read_trees(model), builder, np.float64)
    return {"kind": "boosting", "link": _LINKS[loss], "baselines": baselines, **trees}


def _read_trees(model: Any) -> Iterator[TreeNodes]:  # noqa: ANN401 - scikit-learn has no types
    """Read the trees, for each iteration those of all outputs. Covers are numbers of rows, whatever the rows weigh."""
    for predictor in (predictor for predictors in model._predictors for predictor in predictors):
        nodes = predictor.nodes
        if nodes["is_categorical"].any():
            raise NotLowerableError("model", "a tree splits by categories; encode them as numbers")
        yield TreeNodes(
            feature=np.where(nodes["is_leaf"], LEAF, nodes["feature_idx"]),
            threshold=nodes["num_threshold"],
            missing_left=nodes["missing_go_to_left"].astype(np.bool_),
            left=nodes["left"],
            right=nodes["right"],
            cover=nodes["count"],
            values=nodes["value"][:, None],
        )
