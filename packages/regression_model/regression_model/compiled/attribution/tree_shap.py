"""SHAP values of sums of trees, exact, for the expectation that follows the trees' own covers.

The game (Lundberg et al. 2020, "From local explanations to global understanding with explainable AI for trees",
algorithm 1, "path-dependent"): a coalition S of columns is worth what a row reaches on average if each split by a
column of S is decided by the row, and each other one sends it both ways, by the shares of the training rows that went
there.

A leaf with the value v whose way has the columns D is worth v * prod(o_j, j in S) * prod(z_j, j in D without S): o_j is
1 if the row passes all splits of the way by j, else 0; z_j is the share of the training rows that these let pass. By
Owen's integral for the Shapley value (1972, "Multilinear extensions of games") column i gets of this leaf::

    v (o_i - z_i) * integral over t from 0 to 1 of prod(t o_j + (1 - t) z_j, j in D without i)

The integrand is a polynomial of degree |D| - 1, so that Gauss-Legendre quadrature with |D| / 2 points, rounded up, is
exact; all terms are positive, so that nothing cancels. Leaves below one node share the factors of their ways, as in
"Linear TreeShap" (Yu et al. 2022): products are passed down, sums of the leaves' terms up, and the time for a row is
that of the number of nodes times the number of points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from regression_model.compiled.attribution.base import Numbers
from regression_model.compiled.attribution.levels import NO_SPLIT, Levels, build_levels
from regression_model.compiled.attribution.nodes import TreeNodes

_NODES_AT_ONCE = 50_000
"""Nodes, about, that are worked on together, which bounds the memory that one row takes."""


class TreeShap:
    """SHAP values of a sum of trees.

    Parameters
    ----------
    trees : iterable of TreeNodes
        All with the same number of outputs.
    n_columns : int
        Columns that reach the model.

    Attributes
    ----------
    expected : ndarray of shape (n_outputs,)
        Mean output over the training rows: the base of every row.

    Examples
    --------
    >>> import numpy as np
    >>> stump = TreeNodes(
    ...     feature=np.array([0, -1, -1]), threshold=np.array([0.5, 0, 0]), missing_left=np.zeros(3, dtype=bool),
    ...     left=np.array([1, 0, 0]), right=np.array([2, 0, 0]), cover=np.array([4.0, 3, 1]),
    ...     values=np.array([[0.0], [1], [9]]),
    ... )
    >>> shap = TreeShap([stump], n_columns=2)
    >>> shap.expected, shap.explain(np.array([0.7, 0.0]), output=0)
    (array([3.]), array([6., 0.]))
    """

    def __init__(self, trees: Iterable[TreeNodes], n_columns: int) -> None:
        self._n_columns = n_columns
        self._groups = [build_levels(group, n_columns) for group in _group(trees)]
        self.expected: Numbers = np.sum([group.expected for group in self._groups], axis=0)

    def explain(self, row: Numbers, output: int) -> Numbers:
        """Return the SHAP value of each column.

        Parameters
        ----------
        row : ndarray of shape (n_columns,)
            NaN where missing.
        output : int

        Returns
        -------
        ndarray of shape (n_columns,)
            With ``expected[output]`` they sum up to the trees' output for the row.
        """
        total = np.zeros(self._n_columns)
        for levels in self._groups:
            total += np.bincount(
                levels.ways.column[:NO_SPLIT], weights=_explain_nodes(levels, row, output), minlength=self._n_columns
            )
        return total


def _group(trees: Iterable[TreeNodes]) -> Iterator[list[TreeNodes]]:
    """Put trees together until they have enough nodes."""
    group: list[TreeNodes] = []
    n_nodes = 0
    for tree in trees:
        group.append(tree)
        n_nodes += len(tree.feature)
        if n_nodes >= _NODES_AT_ONCE:
            yield group
            group, n_nodes = [], 0
    if group:
        yield group


def _explain_nodes(levels: Levels, row: Numbers, output: int) -> Numbers:
    """Return for each node what the leaves below it give to the column that its parent splits by."""
    ways = levels.ways
    points, weights = np.polynomial.legendre.leggauss(max(1, (levels.n_splitting + 1) // 2))
    t = (points + 1) / 2  # from [-1, 1] to [0, 1]
    one, zero = ways.lead(row).astype(np.float64), ways.share
    # A node's way repeats the splits of the one before it by the same column, so its factor takes that one's place.
    factor = np.outer(one, t) + np.outer(zero, 1 - t)
    product = factor / factor[ways.before]
    for start, stop, above in zip(levels.starts[1:], levels.starts[2:], levels.inner, strict=False):
        product[start:stop] *= product[above].repeat(2, axis=0)
    sums = product[:NO_SPLIT] * levels.values[:, output, None]
    for start, stop, above in reversed(list(zip(levels.starts[1:], levels.starts[2:], levels.inner, strict=False))):
        sums[above] = sums[start:stop:2] + sums[start + 1 : stop : 2]
    gain = (one - zero)[:, None] / factor
    gain -= gain[ways.before]
    return np.asarray((sums * gain[:NO_SPLIT]) @ (weights / 2))
