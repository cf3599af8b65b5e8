"""Takes rows down all trees at once, one level at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from regression_model.compiled.models.base import Numbers
from regression_model.compiled.models.trees import Positions, Trees

_LANES = 32_768
"""Pairs of a row and a tree, about, that are taken down together: their values fit into the processor's cache."""

_ROWS = 4_096
"""Rows, at most, that are taken down together."""


class TreeWalk:
    """Finds the leaves that rows come to.

    A comparison with NaN is false, so that a missing value goes right. Where it has to go left, the node reads another
    copy of the column, in which -inf stands for it. A leaf reads a column of zeros that are at most infinity, and its
    left child is itself: a row that is there stays.

    Parameters
    ----------
    trees : Trees
    n_columns : int
        Numbers of a row.
    """

    def __init__(self, trees: Trees, n_columns: int) -> None:
        leaves = trees.features < 0
        self._n_columns = n_columns
        self._column = np.where(leaves, 2 * n_columns, trees.features + n_columns * trees.missing_left)
        self._threshold = np.where(leaves, np.inf, trees.thresholds).astype(trees.thresholds.dtype)
        self._right = trees.left + 1
        self._roots = trees.starts[:-1].astype(np.intp)
        self._depths = _find_depths(trees)
        self._depth = int(self._depths.max())
        self._leaf = np.cumsum(leaves) - 1  # position among the leaves

    def find_leaves(self, values: np.ndarray[Any, Any]) -> Positions:
        """Find the leaves of one row.

        Parameters
        ----------
        values : ndarray of shape (n_columns,)

        Returns
        -------
        ndarray of int of shape (n_trees,)
            Positions among all leaves.
        """
        read = np.concatenate([values, np.where(np.isnan(values), -np.inf, values), _ZERO], dtype=self._threshold.dtype)
        column, threshold, right = self._column, self._threshold, self._right
        nodes = self._roots
        for _ in range(self._depth):
            nodes = right.take(nodes) - (read.take(column.take(nodes)) <= threshold.take(nodes))
        return self._leaf.take(nodes)

    def find_all_leaves(self, matrix: Numbers) -> Iterator[tuple[slice, int, Positions]]:
        """Find the leaves of many rows, in portions that bound the memory.

        Parameters
        ----------
        matrix : ndarray of shape (n_rows, n_columns)

        Yields
        ------
        rows : slice
        first : int
            The first tree of the portion; trees come in their order.
        leaves : ndarray of int of shape (n_trees of the portion, n_rows of the portion)
            Positions among all leaves.
        """
        for start in range(0, len(matrix), _ROWS):
            rows = slice(start, min(start + _ROWS, len(matrix)))
            read = self._arrange(matrix[rows])
            n_rows = rows.stop - rows.start
            column = self._column * n_rows  # where in ``read`` each node's column begins
            step = max(1, _LANES // n_rows)
            for first in range(0, len(self._roots), step):
                yield rows, first, self._walk(read, column, n_rows, slice(first, first + step))

    def _arrange(self, block: Numbers) -> np.ndarray[Any, Any]:
        """Return the columns that nodes read, one behind the other."""
        n_columns = self._n_columns
        read = np.empty((2 * n_columns + 1, len(block)), dtype=self._threshold.dtype)
        with np.errstate(over="ignore", invalid="ignore"):  # of rows that were refused before
            read[:n_columns] = block.T
        read[n_columns:-1] = np.where(np.isnan(read[:n_columns]), -np.inf, read[:n_columns])
        read[-1] = 0.0
        return read.ravel()

    def _walk(self, read: np.ndarray[Any, Any], column: Positions, n_rows: int, trees: slice) -> Positions:
        roots = self._roots[trees]
        nodes = roots.repeat(n_rows)
        offsets = np.tile(np.arange(n_rows, dtype=np.intp), len(roots))
        index, thresholds = np.empty_like(nodes), np.empty(len(nodes), dtype=self._threshold.dtype)
        values, goes_left = np.empty_like(thresholds), np.empty(len(nodes), dtype=np.bool_)
        for _ in range(int(self._depths[trees].max())):
            # Positions are right by construction; with mode "clip" numpy needs no copy to check them first.
            column.take(nodes, out=index, mode="clip")
            np.add(index, offsets, out=index)
            read.take(index, out=values, mode="clip")
            self._threshold.take(nodes, out=thresholds, mode="clip")
            np.less_equal(values, thresholds, out=goes_left)
            self._right.take(nodes, out=index, mode="clip")
            np.subtract(index, goes_left, out=nodes)
        return self._leaf.take(nodes).reshape(len(roots), n_rows)


_ZERO = np.zeros(1)


def _find_depths(trees: Trees) -> Positions:
    """Return the largest number of splits on a way down, for each tree."""
    nodes = trees.starts[:-1].astype(np.intp)
    numbers = np.arange(len(nodes))
    depths = np.zeros(len(nodes), dtype=np.intp)
    while True:
        splits = trees.features[nodes] >= 0
        if not splits.any():
            return depths
        numbers = numbers[splits].repeat(2)
        nodes = (trees.left[nodes[splits]][:, None] + np.arange(2)).ravel()
        depths[numbers] += 1  # once, however often a tree is named
