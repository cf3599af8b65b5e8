"""Finds the leaves of one row without going down: all splits of all trees are decided at once.

A leaf is a bit, and the leaves of a tree are numbered from left to right. A split that sends the row right takes those
of its left subtree away, whether the row comes by or not. Of what is left, the lowest bit is the leaf that the row
comes to (Lucchese et al. 2015, "QuickScorer: a fast algorithm to rank documents with additive ensembles of regression
trees").
"""

from __future__ import annotations

from typing import Any

import numpy as np

from regression_model.compiled.models.trees import LEAF, Positions, Trees

_BITS = 64
_ALL = np.uint64(2**_BITS - 1)
_ONE = np.uint64(1)


class LeafBits:
    """Finds the leaves that a row comes to, in trees of at most 64 leaves.

    Missing values go left as in `regression_model.compiled.models.tree_walk.TreeWalk`. Before the splits of each tree
    is one that takes nothing away, so that none is without.

    Parameters
    ----------
    trees : Trees
        For which `suits` is true.
    n_columns : int
        Numbers of a row.
    """

    def __init__(self, trees: Trees, n_columns: int) -> None:
        leaves = trees.features == LEAF
        first, number = _number_leaves(trees)
        splits = np.flatnonzero(~leaves)
        # Where the splits of each tree begin, and behind these the one that takes nothing away.
        n_before = np.searchsorted(splits, trees.starts[:-1])
        self._starts = n_before + np.arange(len(n_before))
        self._column = np.insert(
            trees.features[splits] + n_columns * trees.missing_left[splits], n_before, 2 * n_columns
        )
        self._threshold = np.insert(trees.thresholds[splits], n_before, np.inf)
        left = trees.left[splits]
        gone = (_ALL >> (_BITS - number[left]).astype(np.uint64)) << first[left].astype(np.uint64)
        self._kept = np.insert(~gone, n_before, _ALL)
        # The leaves of each tree from left to right, as positions among all leaves.
        at = np.flatnonzero(leaves)
        tree = np.searchsorted(trees.starts, at, side="right") - 1
        self._leaf = np.argsort(tree * _BITS + first[at], kind="stable")
        self._first_leaf = np.searchsorted(at, trees.starts[:-1])

    @staticmethod
    def suits(trees: Trees) -> bool:
        """Say whether no tree has too many leaves."""
        return int(np.diff(trees.starts).max()) < 2 * _BITS

    def find_leaves(self, values: np.ndarray[Any, Any]) -> Positions:
        """Find the leaves of one row; see `TreeWalk.find_leaves`."""
        read = np.concatenate([values, np.where(np.isnan(values), -np.inf, values), _ZERO], dtype=self._threshold.dtype)
        goes_left = read.take(self._column) <= self._threshold
        kept = np.bitwise_and.reduceat(np.where(goes_left, _ALL, self._kept), self._starts)
        lowest = (kept & -kept).astype(np.float64)  # a power of two, exact
        return self._leaf.take(self._first_leaf + np.frexp(lowest)[1] - 1)


_ZERO = np.zeros(1)


def _number_leaves(trees: Trees) -> tuple[Positions, Positions]:
    """Return for each node the first leaf below it, counted from the left of its tree, and their number."""
    levels = [trees.starts[:-1].astype(np.intp)]
    while levels[-1].size:
        parents = levels[-1][trees.features[levels[-1]] != LEAF]
        levels.append((trees.left[parents][:, None] + np.arange(2)).ravel())
    number = np.ones(len(trees.features), dtype=np.intp)
    first = np.zeros_like(number)
    parents_of = [nodes[trees.features[nodes] != LEAF] for nodes in levels]
    for parents in reversed(parents_of):
        number[parents] = number[trees.left[parents]] + number[trees.left[parents] + 1]
    for parents in parents_of:
        left = trees.left[parents]
        first[left] = first[parents]
        first[left + 1] = first[parents] + number[left]
    return first, number
