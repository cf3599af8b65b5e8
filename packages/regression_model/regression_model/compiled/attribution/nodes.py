"""Single trees of a model, as SHAP values are computed from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from regression_model.compiled.attribution.base import Flags, Numbers, Positions
from regression_model.compiled.models.oblivious import ObliviousTrees
from regression_model.compiled.models.trees import LEAF, Trees

_LEAST_COVER = 1e-9


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


def separate(trees: Trees, first: int = 0, step: int = 1, weight: float = 1.0) -> Iterator[TreeNodes]:
    """Take trees apart.

    Parameters
    ----------
    trees : Trees
    first, step : int
        Which: the first, and each ``step``-th after it.
    weight : float
        What the leaves' values are multiplied by.
    """
    leaves = trees.features == LEAF
    before = np.concatenate([[0], leaves.cumsum()])  # leaves before each node
    for number in range(first, len(trees.starts) - 1, step):
        start, stop = int(trees.starts[number]), int(trees.starts[number + 1])
        nodes = slice(start, stop)
        left = trees.left[nodes] - start
        values = np.zeros((stop - start, trees.n_values))
        values[leaves[nodes]] = trees.values[before[start] : before[stop]] * weight
        yield TreeNodes(
            feature=trees.features[nodes],
            threshold=trees.thresholds[nodes].astype(np.float64),
            missing_left=trees.missing_left[nodes],
            left=left,
            right=left + 1,
            cover=trees.covers[nodes],
            values=values,
        )


def separate_oblivious(trees: ObliviousTrees, weight: float = 1.0) -> Iterator[TreeNodes]:
    """Write oblivious trees out, with a node for each way to answer the questions before.

    The last question is that of the root, as in CatBoost's own SHAP values; then leaves are in the order of their
    numbers. The order of questions matters where some are answered by averages.

    No training row has come to some leaves. They get a tiny weight, 1e-9 of a tree's largest, which no sum notices.

    Parameters
    ----------
    trees : ObliviousTrees
    weight : float
        What the leaves' values are multiplied by.
    """
    for number, depth in enumerate(trees.depths.tolist()):
        n_inner = 2**depth - 1
        leaves = slice(int(trees.starts[number]), int(trees.starts[number]) + 2**depth)
        weights = trees.covers[leaves]
        levels = [np.maximum(weights, _LEAST_COVER * weights.max(initial=1.0))]
        for _ in range(depth):
            levels.append(levels[-1].reshape(-1, 2).sum(axis=1))
        question = np.repeat(np.arange(depth)[::-1], 2 ** np.arange(depth))
        nodes = np.arange(2 * n_inner + 1)
        values = np.zeros((len(nodes), trees.values.shape[1]))
        values[n_inner:] = trees.values[leaves] * weight
        rest = n_inner + 1
        yield TreeNodes(
            feature=np.concatenate([trees.features[number, question], np.full(rest, LEAF)]),
            threshold=np.concatenate([trees.borders[number, question].astype(np.float64), np.zeros(rest)]),
            missing_left=np.ones(len(nodes), dtype=np.bool_),
            left=2 * nodes + 1,
            right=2 * nodes + 2,
            cover=np.concatenate(levels[::-1]),
            values=values,
        )
