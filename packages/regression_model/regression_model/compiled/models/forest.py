"""Random forests and extra trees: the mean of trees that compare in single precision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np

from regression_model.compiled.models.base import Model, Numbers
from regression_model.compiled.models.leaf_bits import LeafBits
from regression_model.compiled.models.section import Section
from regression_model.compiled.models.tree_walk import TreeWalk
from regression_model.compiled.models.trees import TREE_KEYS, Trees


class ForestModel(Model):
    """The mean of the leaves' values.

    They are summed up in the order of the trees, as scikit-learn does: probabilities that are equal there are equal
    here, to the last bit.

    Parameters
    ----------
    trees : Trees
        With thresholds of single precision.
    n_columns : int

    Attributes
    ----------
    trees : Trees
    """

    kind: ClassVar[str] = "forest"

    def __init__(self, trees: Trees, n_columns: int) -> None:
        self.trees = trees
        self.n_columns = n_columns
        self.n_outputs = trees.n_values
        self._n_trees = len(trees.starts) - 1
        self._walk = TreeWalk(trees, n_columns)
        self._of_row = LeafBits(trees, n_columns) if LeafBits.suits(trees) else self._walk

    @classmethod
    def check(cls, section: Section) -> None:
        """Check what the document says; see `Model.check`."""
        section.check_keys(*TREE_KEYS)
        Trees.read(section, np.float32)

    @classmethod
    def read(cls, section: Section) -> Self:
        """Make the model; see `Model.read`."""
        section.check_keys(*TREE_KEYS)
        return cls(Trees.read(section, np.float32), section.n_columns)

    def predict_columns(self, matrix: Numbers) -> Numbers:
        """Compute the outputs of many rows; see `Model.predict_columns`."""
        outputs = np.zeros((len(matrix), self.n_outputs))
        for rows, _, leaves in self._walk.find_all_leaves(matrix):
            for of_tree in leaves:
                outputs[rows] += self.trees.values[of_tree]
        outputs /= self._n_trees
        return outputs

    def predict_row(self, values: Sequence[float]) -> list[float]:
        """Compute the outputs of one row; see `Model.predict_row`."""
        with np.errstate(over="ignore"):
            row = np.array(values, dtype=np.float64).astype(np.float32)
        leaves = self._of_row.find_leaves(row)
        total: list[float] = (self.trees.values[leaves].cumsum(axis=0)[-1] / self._n_trees).tolist()
        return total
