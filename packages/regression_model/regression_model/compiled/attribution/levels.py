"""Trees side by side, sorted by depth, with what the way to each node asks of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regression_model.compiled.attribution.base import Flags, Numbers, Positions
from regression_model.compiled.attribution.nodes import TreeNodes
from regression_model.compiled.models.trees import LEAF

NO_SPLIT = -1
"""Position, the last one, of the entry that stands for a way without a split by that column."""


@dataclass(frozen=True)
class Ways:
    """For each node, what all splits by one column ask together: the column that its parent splits by.

    All arrays have the shape (n_nodes + 1,); the last entry is that of `NO_SPLIT`.

    Attributes
    ----------
    column : ndarray of int
        The column that the parent splits by; 0 for a root, on whose way there is no split.
    low, high : ndarray
        Values that lead here are above ``low`` (NaN: however low) and at most ``high``.
    missing : ndarray of bool
        Whether a missing value leads here.
    share : ndarray
        Share of the training rows, in (0, 1], that these splits let pass: the product of the covers' ratios.
    before : ndarray of int
        The nearest node above whose parent splits by the same column; `NO_SPLIT` if there is none.
    """

    column: Positions
    low: Numbers
    high: Numbers
    missing: Flags
    share: Numbers
    before: Positions

    @classmethod
    def without_splits(cls, n_nodes: int) -> Ways:
        """Make ways on which there is no split."""
        return cls(
            column=np.zeros(n_nodes + 1, dtype=np.intp),
            low=np.full(n_nodes + 1, np.nan),
            high=np.full(n_nodes + 1, np.inf),
            missing=np.ones(n_nodes + 1, dtype=np.bool_),
            share=np.ones(n_nodes + 1),
            before=np.full(n_nodes + 1, NO_SPLIT, dtype=np.intp),
        )

    def lead(self, row: Numbers) -> Flags:
        """Say of each node whether a row of shape (n_columns,) passes the splits of its way."""
        values = row[self.column]
        return np.where(np.isnan(values), self.missing, ~(values <= self.low) & (values <= self.high))


@dataclass(frozen=True)
class Levels:
    """The nodes of several trees, level by level; children of one node lie side by side, in the order of nodes.

    Attributes
    ----------
    starts : tuple of int
        Position of the first node of each level, and at the end the number of nodes.
    inner : tuple of ndarray of int
        For each level the positions of the nodes that are no leaves.
    ways : Ways
    values : ndarray of shape (n_nodes, n_outputs)
        Of the leaves; 0 elsewhere.
    expected : ndarray of shape (n_outputs,)
        Mean of the trees' sum over the training rows.
    n_splitting : int
        Largest number of different columns on the way from a root to a leaf.
    """

    starts: tuple[int, ...]
    inner: tuple[Positions, ...]
    ways: Ways
    values: Numbers
    expected: Numbers
    n_splitting: int


def build_levels(trees: Sequence[TreeNodes], n_columns: int) -> Levels:
    """Sort the nodes of several trees by depth and sum up the ways to them.

    Parameters
    ----------
    trees : sequence of TreeNodes
        One at least.
    n_columns : int
        Columns that reach the model.
    """
    all_nodes, level = _put_together(trees)
    n_nodes = len(all_nodes.feature)
    ways = Ways.without_splits(n_nodes)
    order, reach = [level], [np.ones(len(level))]
    # For each node and column the nearest node, itself included, whose parent splits by that column.
    latest = np.full((len(level), n_columns), NO_SPLIT, dtype=np.intp)
    starts, inner, n_splitting = [0, len(level)], [], 0
    while True:
        chosen = np.flatnonzero(all_nodes.feature[level] != LEAF)
        inner.append(starts[-2] + chosen)
        if not chosen.size:
            break
        parents = level[chosen]
        level = np.column_stack([all_nodes.left[parents], all_nodes.right[parents]]).ravel()
        parents = parents.repeat(2)
        ratio = all_nodes.cover[level] / all_nodes.cover[parents]
        latest = latest[chosen].repeat(2, axis=0)
        _add_ways(ways, starts[-1], all_nodes, parents, ratio, latest)
        n_splitting = max(n_splitting, int((latest != NO_SPLIT).sum(axis=1).max()))
        order.append(level)
        reach.append(reach[-1][chosen].repeat(2) * ratio)
        starts.append(starts[-1] + len(level))
    positions = np.concatenate(order)
    values = np.where(all_nodes.feature[positions, None] == LEAF, all_nodes.values[positions], 0.0)
    expected = np.concatenate(reach) @ values
    return Levels(tuple(starts), tuple(inner), ways, values, expected, n_splitting)


def _put_together(trees: Sequence[TreeNodes]) -> tuple[TreeNodes, Positions]:
    """Return the nodes of all trees in one set of arrays, and the positions of the roots."""
    sizes = np.array([len(tree.feature) for tree in trees])
    roots = np.concatenate([[0], sizes.cumsum()[:-1]]).astype(np.intp)
    together = TreeNodes(
        feature=np.concatenate([tree.feature for tree in trees]),
        threshold=np.concatenate([tree.threshold for tree in trees]),
        missing_left=np.concatenate([tree.missing_left for tree in trees]),
        left=np.concatenate([tree.left + root for tree, root in zip(trees, roots, strict=True)]),
        right=np.concatenate([tree.right + root for tree, root in zip(trees, roots, strict=True)]),
        cover=np.concatenate([tree.cover for tree in trees]),
        values=np.concatenate([tree.values for tree in trees]),
    )
    return together, roots


def _add_ways(ways: Ways, start: int, nodes: TreeNodes, parents: Positions, ratio: Numbers, latest: Positions) -> None:
    """Fill in the ways to the nodes of one level, which begins at ``start``; ``latest`` becomes theirs."""
    stop = start + len(parents)
    column = nodes.feature[parents]
    indices = np.arange(len(parents))
    before = latest[indices, column]
    latest[indices, column] = np.arange(start, stop)
    is_left = indices % 2 == 0
    threshold = nodes.threshold[parents]
    ways.column[start:stop] = column
    ways.before[start:stop] = before
    ways.low[start:stop] = np.where(is_left, ways.low[before], np.fmax(ways.low[before], threshold))
    ways.high[start:stop] = np.where(is_left, np.minimum(ways.high[before], threshold), ways.high[before])
    ways.missing[start:stop] = ways.missing[before] & (nodes.missing_left[parents] == is_left)
    ways.share[start:stop] = ways.share[before] * ratio
