"""Models of CatBoost: trees of which all nodes of one level split alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from regression_model.compiled.models.base import Model, Numbers
from regression_model.compiled.models.section import Section, refuse

OBLIVIOUS_KEYS = ("depths", "features", "borders", "values", "covers")

_MOST_LEVELS = 16
_LANES = 65_536
"""Pairs of a row and a tree, about, that are worked on together."""

_ROWS = 4_096
"""Rows, at most, that are worked on together."""

Positions = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class ObliviousTrees:
    """Trees as tables of leaves: the row's answer to a tree's k-th question is bit k of its leaf's number.

    Attributes
    ----------
    depths : ndarray of int of shape (n_trees,)
        Questions of each tree.
    features : ndarray of int of shape (n_trees, n_levels)
        Column that a question is about.
    borders : ndarray of shape (n_trees, n_levels)
        In single precision. The answer is yes where the value is above it, and so no where it is missing. Behind a
        tree's last question it is infinite: the answer is no.
    starts : ndarray of int of shape (n_trees,)
        Position of each tree's first leaf.
    values : ndarray of shape (n_leaves, n_outputs)
    covers : ndarray of shape (n_leaves,)
        Weight of the training rows in each leaf, at least 0.
    """

    depths: Positions
    features: Positions
    borders: np.ndarray[Any, np.dtype[np.float32]]
    starts: Positions
    values: Numbers
    covers: Numbers

    @classmethod
    def read(cls, section: Section) -> ObliviousTrees:
        """Read the trees that a section names.

        Raises
        ------
        ArtifactIntegrityError
            If the arrays don't describe such trees over the model's columns.
        """
        depths = section.array("depths", np.int32).astype(np.intp)
        features, borders = section.array("features", np.int32, 2), section.array("borders", np.float32, 2)
        values, covers = section.array("values", np.float64, 2), section.array("covers", np.float64)
        shape = features.shape
        if borders.shape != shape or len(depths) != shape[0] or shape[1] > _MOST_LEVELS:
            raise refuse(f"the questions of {len(depths)} trees have the shapes {shape} and {borders.shape}")
        if (depths < 0).any() or (depths > shape[1]).any() or (features < 0).any():
            raise refuse("a tree has less than no questions, or more than there are")
        if (features >= section.n_columns).any():
            raise refuse(f"a tree asks for a column that is none of the {section.n_columns}")
        behind = np.arange(shape[1]) >= depths[:, None]
        if np.isnan(borders).any() or not np.isposinf(borders[behind]).all():
            raise refuse("a border of the trees is no number, or a question is behind the last one")
        sizes = 2**depths
        if len(values) != sizes.sum() or len(covers) != len(values):
            raise refuse(f"the trees have {sizes.sum()} leaves, and {len(values)} values with {len(covers)} weights")
        if not np.isfinite(values).all() or not (np.isfinite(covers) & (covers >= 0)).all():
            raise refuse("a value or a weight of the trees' leaves is no number")
        starts = (sizes.cumsum() - sizes).astype(np.intp)
        return cls(depths, features.astype(np.intp), borders, starts, values, covers)


class ObliviousModel(Model):
    """A start for each output, plus the scaled sum of the leaves' values.

    Parameters
    ----------
    trees : ObliviousTrees
    scale : float
    baselines : sequence of float of length n_outputs
    n_columns : int

    Attributes
    ----------
    trees : ObliviousTrees
    scale : float
    baselines : ndarray of shape (n_outputs,)
    """

    kind: ClassVar[str] = "oblivious"

    def __init__(self, trees: ObliviousTrees, scale: float, baselines: Sequence[float], n_columns: int) -> None:
        self.trees = trees
        self.scale = scale
        self.baselines: Numbers = np.array(baselines, dtype=np.float64)
        self.n_columns = n_columns
        self.n_outputs = len(baselines)
        self._bits = 1 << np.arange(trees.features.shape[1], dtype=np.intp)

    @classmethod
    def check(cls, section: Section) -> None:
        """Check what the document says; see `Model.check`."""
        _read(section)

    @classmethod
    def read(cls, section: Section) -> Self:
        """Make the model; see `Model.read`."""
        trees, scale, baselines = _read(section)
        return cls(trees, scale, baselines, section.n_columns)

    def predict_columns(self, matrix: Numbers) -> Numbers:
        """Compute the outputs of many rows; see `Model.predict_columns`."""
        sums = np.zeros((len(matrix), self.n_outputs))
        for rows, leaves in self._find_all_leaves(matrix):
            for of_tree in leaves:  # in the order of trees
                sums[rows] += self.trees.values[of_tree]
        return np.asarray(sums * self.scale + self.baselines)

    def predict_row(self, values: Sequence[float]) -> list[float]:
        """Compute the outputs of one row; see `Model.predict_row`."""
        with np.errstate(over="ignore"):
            row = np.array(values, dtype=np.float64).astype(np.float32)
        answers = row.take(self.trees.features) > self.trees.borders
        leaves = self.trees.starts + answers @ self._bits
        sums = self.trees.values.take(leaves, axis=0).cumsum(axis=0)[-1]
        total: list[float] = (sums * self.scale + self.baselines).tolist()
        return total

    def _find_all_leaves(self, matrix: Numbers) -> Iterator[tuple[slice, Positions]]:
        """Find the leaves of many rows, in portions: the rows, and leaves of shape (some trees, these rows)."""
        with np.errstate(over="ignore", invalid="ignore"):
            columns = np.ascontiguousarray(matrix.T, dtype=np.float32)
        features, borders, starts = self.trees.features, self.trees.borders, self.trees.starts
        for start in range(0, len(matrix), _ROWS):
            rows = slice(start, min(start + _ROWS, len(matrix)))
            block = columns[:, rows]
            step = max(1, _LANES // block.shape[1])
            for first in range(0, len(starts), step):
                some = slice(first, first + step)
                leaves = np.repeat(starts[some, None], block.shape[1], axis=1)
                for level, bit in enumerate(self._bits):
                    leaves += (block[features[some, level]] > borders[some, level, None]) * bit
                yield rows, leaves


def _read(section: Section) -> tuple[ObliviousTrees, float, list[float]]:
    section.check_keys("scale", "baselines", *OBLIVIOUS_KEYS)
    baselines = section.numbers("baselines")
    (scale,) = section.numbers("scale", 1)
    trees = ObliviousTrees.read(section)
    if trees.values.shape[1] != len(baselines):
        raise refuse(f"leaves with {trees.values.shape[1]} values don't go with {len(baselines)} outputs")
    return trees, scale, baselines
