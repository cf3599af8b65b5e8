"""Random forests and extra trees of scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from regression_model.compiled.attribution.nodes import TreeNodes
from regression_model.compiled.models.trees import LEAF
from regression_model.lowering.models.base import ProgramBuilder
from regression_model.lowering.models.level_order import add_trees


def lower_forest(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower a forest; a classifier's outputs are the probabilities of its classes.

    It compares in single precision, and so refuses what this can't hold; missing values only where its criterion has
    no place for them.
    """
    takes_missing = model.estimators_[0].__sklearn_tags__().input_tags.allow_nan
    builder.require(builder.column_slots(), missing=not takes_missing, infinite=True, single_precision=True)
    link = "probabilities" if hasattr(model, "classes_") else "identity"
    return {"kind": "forest", "link": link, **add_trees(_read_trees(model), builder, np.float32)}


def _read_trees(model: Any) -> Iterator[TreeNodes]:  # noqa: ANN401 - scikit-learn has no types
    """See https://scikit-learn.org/stable/auto_examples/tree/plot_unveil_tree_structure.html."""
    for estimator in model.estimators_:
        tree = estimator.tree_
        inner = tree.children_left != tree.children_right
        yield TreeNodes(
            feature=np.where(inner, tree.feature, LEAF),
            threshold=tree.threshold,
            missing_left=tree.missing_go_to_left.astype(np.bool_),
            left=tree.children_left,
            right=tree.children_right,
            cover=tree.weighted_n_node_samples,
            values=tree.value[:, 0, :],
        )
