"""Trees of a program: arrays of nodes that can't be wrong, or are refused.

The nodes of a tree are sorted by level, and the children of one node lie side by side, in the order of these. So they
need not be named: those of the k-th node that splits are the nodes 2 k + 1 and 2 k + 2 of its tree, counted from 0. It
is a tree, and no walk down can come back, if each pair lies behind the node whose children it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from regression_model.compiled.models.base import Numbers
from regression_model.compiled.models.section import Section, refuse

Positions = np.ndarray[Any, np.dtype[np.intp]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

LEAF = -1
TREE_KEYS = ("starts", "features", "thresholds", "missing_left", "covers", "values")


@dataclass(frozen=True)
class Trees:
    """All trees of a model, one behind the other. A row goes left where its value is at most the threshold.

    Attributes
    ----------
    starts : ndarray of int of shape (n_trees + 1,)
        Position of each root, and the number of nodes.
    features : ndarray of int of shape (n_nodes,)
        Column that the node splits by; `LEAF` at a leaf.
    thresholds : ndarray of shape (n_nodes,)
        In single precision if values are compared so. Without meaning at a leaf.
    missing_left : ndarray of bool of shape (n_nodes,)
        Whether a missing value goes left; not at a leaf.
    covers : ndarray of shape (n_nodes,)
        Weight of the training rows that came to the node, above 0.
    values : ndarray of shape (n_leaves, n_values)
        What the leaves, in the order of nodes, add to the outputs.
    left : ndarray of int of shape (n_nodes,)
        Position of the left child, before that of the right one; at a leaf its own.
    """

    starts: Positions
    features: Positions
    thresholds: np.ndarray[Any, Any]
    missing_left: Flags
    covers: Numbers
    values: Numbers
    left: Positions

    @classmethod
    def read(cls, section: Section, dtype: type[np.floating[Any]]) -> Trees:
        """Read the trees that a section names.

        Raises
        ------
        ArtifactIntegrityError
            If the arrays don't describe trees over the model's columns.
        """
        starts = section.array("starts", np.int64)
        features = section.array("features", np.int32)
        n_nodes = len(features)
        if len(starts) < 2 or starts[0] != 0 or starts[-1] != n_nodes or (starts[1:] <= starts[:-1]).any():
            raise refuse("the positions of the trees' roots don't ascend from 0 to the number of nodes")
        if ((features < LEAF) | (features >= section.n_columns)).any():
            raise refuse(f"a tree splits by a column that is none of the {section.n_columns}")
        thresholds, covers = section.array("thresholds", dtype), section.array("covers", np.float64)
        missing_left, values = section.array("missing_left", np.uint8), section.array("values", np.float64, 2)
        leaves = features == LEAF
        if not len(thresholds) == len(covers) == len(missing_left) == n_nodes or len(values) != leaves.sum():
            raise refuse("the arrays of the trees have different lengths")
        _check_numbers(thresholds, missing_left, covers, values)
        left = _find_children(starts, leaves)
        return cls(starts, features.astype(np.intp), thresholds, missing_left.astype(np.bool_), covers, values, left)

    @property
    def n_values(self) -> int:
        """Numbers at each leaf."""
        return int(self.values.shape[1])


def _check_numbers(thresholds: Numbers, missing_left: np.ndarray[Any, Any], covers: Numbers, values: Numbers) -> None:
    if np.isnan(thresholds).any() or not np.isfinite(values).all():
        raise refuse("a threshold or a value of the trees is no number")
    if not (np.isfinite(covers) & (covers > 0)).all():
        raise refuse("a node of the trees covers no rows")
    if (missing_left > 1).any():
        raise refuse("a node of the trees sends missing values neither left nor right")


def _find_children(starts: Positions, leaves: Flags) -> Positions:
    """Return the position of each node's left child, at a leaf its own."""
    n_nodes = len(leaves)
    sizes = np.diff(starts)
    splits = np.concatenate([[0], np.cumsum(~leaves)])
    if (sizes != 2 * np.diff(splits[starts]) + 1).any():
        raise refuse("a tree has not one node more than twice those that split")
    positions = np.arange(n_nodes, dtype=np.intp)
    rank = splits[:-1] - splits[starts[:-1]].repeat(sizes)  # among those of the same tree that split
    children = starts[:-1].repeat(sizes) + 2 * rank + 1
    if (~leaves & (children <= positions)).any():
        raise refuse("a node of a tree lies behind its children")
    return np.where(leaves, positions, children).astype(np.intp)
