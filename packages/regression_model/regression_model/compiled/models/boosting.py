"""Histogram gradient boosting: a sum of trees for each output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

from regression_model.compiled.models.base import Model, Numbers
from regression_model.compiled.models.leaf_bits import LeafBits
from regression_model.compiled.models.section import Section, refuse
from regression_model.compiled.models.tree_walk import TreeWalk
from regression_model.compiled.models.trees import TREE_KEYS, Trees


class BoostingModel(Model):
    """A start for each output, plus the leaves' values of its trees.

    Parameters
    ----------
    trees : Trees
        With thresholds of `PRECISION`, one value at each leaf: for each iteration the trees of all outputs.
    baselines : sequence of float of length n_outputs
    n_columns : int

    Attributes
    ----------
    trees : Trees
    baselines : ndarray of shape (n_outputs,)
    """

    kind: ClassVar[str] = "boosting"

    PRECISION: ClassVar[type[np.floating[Any]]] = np.float64
    """In which values are compared with thresholds."""

    def __init__(self, trees: Trees, baselines: Sequence[float], n_columns: int) -> None:
        self.trees = trees
        self.baselines: Numbers = np.array(baselines, dtype=np.float64)
        self.n_columns = n_columns
        self.n_outputs = len(baselines)
        self._walk = TreeWalk(trees, n_columns)
        self._of_row = LeafBits(trees, n_columns) if LeafBits.suits(trees) else self._walk
        self._values: Numbers = trees.values[:, 0]

    @classmethod
    def check(cls, section: Section) -> None:
        """Check what the document says; see `Model.check`."""
        cls._read(section)

    @classmethod
    def read(cls, section: Section) -> Self:
        """Make the model; see `Model.read`."""
        trees, baselines = cls._read(section)
        return cls(trees, baselines, section.n_columns)

    def predict_columns(self, matrix: Numbers) -> Numbers:
        """Compute the outputs of many rows; see `Model.predict_columns`."""
        outputs = np.tile(self.baselines, (len(matrix), 1))
        for rows, first, leaves in self._walk.find_all_leaves(matrix):
            for number, of_tree in enumerate(leaves, start=first):
                outputs[rows, number % self.n_outputs] += self._values[of_tree]
        return outputs

    def predict_row(self, values: Sequence[float]) -> list[float]:
        """Compute the outputs of one row; see `Model.predict_row`."""
        leaves = self._of_row.find_leaves(np.array(values, dtype=np.float64))
        terms = np.concatenate([self.baselines, self._values.take(leaves)])
        total: list[float] = terms.reshape(-1, self.n_outputs).cumsum(axis=0)[-1].tolist()  # in the order of trees
        return total

    @classmethod
    def _read(cls, section: Section) -> tuple[Trees, list[float]]:
        section.check_keys("baselines", *TREE_KEYS)
        return cls._read_trees(section)

    @classmethod
    def _read_trees(cls, section: Section) -> tuple[Trees, list[float]]:
        baselines = section.numbers("baselines")
        trees = Trees.read(section, cls.PRECISION)
        if trees.n_values != 1 or (len(trees.starts) - 1) % len(baselines):
            raise refuse(
                f"{len(trees.starts) - 1} trees with {trees.n_values} values don't go with {len(baselines)} outputs"
            )
        return trees, baselines
