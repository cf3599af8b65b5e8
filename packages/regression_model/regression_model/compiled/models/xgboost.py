"""Models of XGBoost: sums of trees in single precision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np

from regression_model.compiled.models.base import Model, Numbers
from regression_model.compiled.models.leaf_bits import LeafBits
from regression_model.compiled.models.section import Section, refuse
from regression_model.compiled.models.tree_walk import TreeWalk
from regression_model.compiled.models.trees import TREE_KEYS, Trees

_SINGLE = np.float32


class XGBoostModel(Model):
    """A start for each output, plus the leaves' values of its trees.

    XGBoost compares in single precision and adds up in it, tree by tree; to have its digits, so does this.

    Parameters
    ----------
    trees : Trees
        With thresholds of single precision, one value at each leaf: for each iteration the trees of all outputs.
    baselines : sequence of float of length n_outputs
    n_columns : int

    Attributes
    ----------
    trees : Trees
    baselines : ndarray of shape (n_outputs,)
    """

    kind: ClassVar[str] = "xgboost"

    def __init__(self, trees: Trees, baselines: Sequence[float], n_columns: int) -> None:
        self.trees = trees
        self.baselines: Numbers = np.array(baselines, dtype=np.float64)
        self.n_columns = n_columns
        self.n_outputs = len(baselines)
        self._walk = TreeWalk(trees, n_columns)
        self._of_row = LeafBits(trees, n_columns) if LeafBits.suits(trees) else self._walk
        self._starts = self.baselines.astype(_SINGLE)
        self._values = trees.values[:, 0].astype(_SINGLE)

    @classmethod
    def check(cls, section: Section) -> None:
        """Check what the document says; see `Model.check`."""
        _read(section)

    @classmethod
    def read(cls, section: Section) -> Self:
        """Make the model; see `Model.read`."""
        trees, baselines = _read(section)
        return cls(trees, baselines, section.n_columns)

    def predict_columns(self, matrix: Numbers) -> Numbers:
        """Compute the outputs of many rows; see `Model.predict_columns`."""
        outputs = np.tile(self._starts, (len(matrix), 1))
        for rows, first, leaves in self._walk.find_all_leaves(matrix):
            for number, of_tree in enumerate(leaves, start=first):
                outputs[rows, number % self.n_outputs] += self._values[of_tree]
        return outputs.astype(np.float64)

    def predict_row(self, values: Sequence[float]) -> list[float]:
        """Compute the outputs of one row; see `Model.predict_row`."""
        with np.errstate(over="ignore"):
            row = np.array(values, dtype=np.float64).astype(_SINGLE)
        terms = np.concatenate([self._starts, self._values.take(self._of_row.find_leaves(row))])
        total: list[float] = terms.reshape(-1, self.n_outputs).cumsum(axis=0, dtype=_SINGLE)[-1].tolist()
        return total


def _read(section: Section) -> tuple[Trees, list[float]]:
    section.check_keys("baselines", *TREE_KEYS)
    baselines = section.numbers("baselines")
    trees = Trees.read(section, _SINGLE)
    if trees.n_values != 1 or (len(trees.starts) - 1) % len(baselines):
        raise refuse(
            f"{len(trees.starts) - 1} trees with {trees.n_values} values don't go with {len(baselines)} outputs"
        )
    return trees, baselines
