"""Decision trees as arrays of nodes, read from scikit-learn's models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from regression_model.errors import ExplanationError
from regression_model.explain.attribution import Flags, Numbers, Positions

LEAF = -1


@dataclass(frozen=True)
class TreeNodes:
    """One tree; node 0 is the root. A row goes left where its value is at most the threshold.

    Attributes
    ----------
    feature : ndarray of int of shape (n_nodes,)
        Column that the node splits by; `LEAF` at a leaf.
    threshold : ndarray of shape (n_nodes,)
    missing_left : ndarray of bool of shape (n_nodes,)
        Whether a missing value goes left.
    left, right : ndarray of int of shape (n_nodes,)
        Positions of the children; without meaning at a leaf.
    cover : ndarray of shape (n_nodes,)
        Weight of the training rows that came to the node, above 0.
    values : ndarray of shape (n_nodes, n_outputs)
        What a leaf adds to the model's outputs.
    """

    feature: Positions
    threshold: Numbers
    missing_left: Flags
    left: Positions
    right: Positions
    cover: Numbers
    values: Numbers


def read_forest(model: Any) -> Iterator[TreeNodes]:  # noqa: ANN401 - scikit-learn has no types
    """Read the trees of a fitted random forest or of extra trees, each with its share of the average.

    A classifier's outputs are the probabilities of its classes.
    See https://scikit-learn.org/stable/auto_examples/tree/plot_unveil_tree_structure.html.
    """
    for estimator in model.estimators_:
        tree = estimator.tree_
        inner = tree.children_left != LEAF
        yield TreeNodes(
            feature=np.where(inner, tree.feature, LEAF).astype(np.intp),
            threshold=np.asarray(tree.threshold, dtype=np.float64),
            missing_left=np.asarray(tree.missing_go_to_left, dtype=np.bool_),
            left=np.asarray(tree.children_left, dtype=np.intp),
            right=np.asarray(tree.children_right, dtype=np.intp),
            cover=np.asarray(tree.weighted_n_node_samples, dtype=np.float64),
            values=tree.value[:, 0, :] / len(model.estimators_),
        )


def read_boosting(model: Any, output: int) -> Iterator[TreeNodes]:  # noqa: ANN401 - scikit-learn has no types
    """Read the trees of one output of a fitted histogram gradient boosting.

    Covers are numbers of rows, whatever the rows weigh.

    Raises
    ------
    ExplanationError
        If a tree splits by categories.
    """
    for trees in model._predictors:
        nodes = trees[output].nodes
        if nodes["is_categorical"].any():
            raise ExplanationError("a tree that splits by categories can't be explained; encode them as numbers")
        yield TreeNodes(
            feature=np.where(nodes["is_leaf"], LEAF, nodes["feature_idx"]).astype(np.intp),
            threshold=nodes["num_threshold"].astype(np.float64),
            missing_left=nodes["missing_go_to_left"].astype(np.bool_),
            left=nodes["left"].astype(np.intp),
            right=nodes["right"].astype(np.intp),
            cover=nodes["count"].astype(np.float64),
            values=nodes["value"].astype(np.float64)[:, None],
        )
