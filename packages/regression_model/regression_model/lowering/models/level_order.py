"""Brings trees of any library into the order in which the compiled form keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from regression_model.compiled.attribution.nodes import TreeNodes
from regression_model.compiled.models.trees import LEAF
from regression_model.lowering.models.base import ProgramBuilder

_Array = np.ndarray[Any, Any]


def add_trees(trees: Iterable[TreeNodes], builder: ProgramBuilder, dtype: type[np.floating[Any]]) -> dict[str, str]:
    """Put trees into a program.

    Parameters
    ----------
    trees : iterable of TreeNodes
        As their library keeps them, node 0 the root.
    builder : Builder
    dtype : type
        Of the thresholds. Of single precision is the largest number that is at most the threshold, which decides
        values of single precision alike.

    Returns
    -------
    dict of str to str
        The keys of the section ``model`` (see `regression_model.compiled.models.trees`) with the arrays' names.
    """
    ordered = [_reorder(tree) for tree in trees]
    leaves = [tree.feature == LEAF for tree in ordered]
    sizes = [len(tree.feature) for tree in ordered]
    inner = ~np.concatenate(leaves)
    arrays = {
        "starts": np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        "features": np.concatenate([tree.feature for tree in ordered]).astype(np.int32),
        "thresholds": _round_down(np.where(inner, np.concatenate([tree.threshold for tree in ordered]), 0.0), dtype),
        "missing_left": (inner & np.concatenate([tree.missing_left for tree in ordered])).astype(np.uint8),
        "covers": np.concatenate([tree.cover for tree in ordered]).astype(np.float64),
        "values": np.concatenate([tree.values[leaf] for tree, leaf in zip(ordered, leaves, strict=True)]),
    }
    return {key: builder.add_array(f"tree_{key}", np.ascontiguousarray(array)) for key, array in arrays.items()}


def _reorder(tree: TreeNodes) -> TreeNodes:
    """Sort nodes by level, children of one node side by side and in the order of these."""
    levels: list[_Array] = []
    level: _Array | Sequence[int] = np.array([0])
    while len(level):
        levels.append(np.asarray(level))
        parents = levels[-1][tree.feature[levels[-1]] != LEAF]
        level = np.column_stack([tree.left[parents], tree.right[parents]]).ravel()
    order = np.concatenate(levels)
    return TreeNodes(*(getattr(tree, name)[order] for name in TreeNodes.__dataclass_fields__))


def _round_down(thresholds: _Array, dtype: type[np.floating[Any]]) -> _Array:
    with np.errstate(over="ignore"):
        rounded = thresholds.astype(dtype)
    return np.where(rounded > thresholds, np.nextafter(rounded, dtype(-np.inf)), rounded).astype(dtype)
