"""Histogram gradient boosting with splits by categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from regression_model.compiled.models.base import Numbers
from regression_model.compiled.models.boosting import BoostingModel
from regression_model.compiled.models.section import Section, refuse
from regression_model.compiled.models.trees import TREE_KEYS, Positions, Trees

LEFT, RIGHT, MISSING = 0, 1, 2
"""Where a category goes at a split; missing is where missing values go, as each node says."""

_MEANING = np.array([0.0, 1.0, np.nan])
_MOST_CODES = 256
_CELLS_AT_ONCE = 1_000_000
KEYS = ("category_columns", "category_answers")


@dataclass(frozen=True)
class CategorySplits:
    """The different questions that trees ask of categories, each as a column of its own behind those of the model.

    Such a column is 0 for the categories that go left, 1 for those that go right and NaN for those that training has
    not seen, so that a node that asks it has the threshold 0.5.

    Attributes
    ----------
    columns : ndarray of int of shape (n_questions,)
        Column of codes that the question is about.
    answers : ndarray of uint8 of shape (n_questions, n_codes)
        `LEFT`, `RIGHT` or `MISSING` for the codes 0, 1, 2, ...; any other number is missing.
    """

    columns: Positions
    answers: np.ndarray[Any, np.dtype[np.uint8]]

    @classmethod
    def read(cls, section: Section) -> Self:
        """Read the questions that a section names.

        Raises
        ------
        ArtifactIntegrityError
            If the arrays describe no questions about the model's columns.
        """
        columns, answers = section.array(KEYS[0], np.int32), section.array(KEYS[1], np.uint8, 2)
        if len(columns) != len(answers) or answers.shape[1] > _MOST_CODES:
            raise refuse("the arrays of the splits by categories have different lengths, or too many categories")
        if columns.min() < 0 or columns.max() >= section.n_columns:
            raise refuse(f"a tree splits by categories of a column that is none of the {section.n_columns}")
        if answers.max() > MISSING:
            raise refuse("a category goes neither left nor right")
        return cls(columns.astype(np.intp), answers)

    def extend(self, matrix: Numbers) -> Numbers:
        """Put the answers for rows of shape (n_rows, n_columns) behind their columns."""
        asked, which = np.unique(self.columns, return_inverse=True)
        n_questions, n_codes = self.answers.shape
        values = matrix[:, asked]
        known = (values >= 0) & (values < n_codes)
        codes = np.where(known, values, 0.0).astype(np.intp)
        known &= codes == values
        answers = self.answers[np.arange(n_questions), codes[:, which]]
        return np.hstack([matrix, _MEANING[np.where(known[:, which], answers, MISSING)]])


class CategoryBoostingModel(BoostingModel):
    """As `BoostingModel`, with trees that also ask the questions of `CategorySplits`.

    Parameters
    ----------
    trees : Trees
        Over the columns, and the questions behind them.
    baselines : sequence of float of length n_outputs
    n_columns : int
        Without the questions.
    splits : CategorySplits

    Attributes
    ----------
    splits : CategorySplits
    """

    kind: ClassVar[str] = "category_boosting"

    def __init__(self, trees: Trees, baselines: Sequence[float], n_columns: int, splits: CategorySplits) -> None:
        super().__init__(trees, baselines, n_columns + len(splits.columns))
        self.n_columns = n_columns
        self.splits = splits

    @classmethod
    def check(cls, section: Section) -> None:
        """Check what the document says; see `Model.check`."""
        cls._read_all(section)

    @classmethod
    def read(cls, section: Section) -> Self:
        """Make the model; see `Model.read`."""
        trees, baselines, splits = cls._read_all(section)
        return cls(trees, baselines, section.n_columns, splits)

    def predict_columns(self, matrix: Numbers) -> Numbers:
        """Compute the outputs of many rows; see `Model.predict_columns`."""
        step = max(1, _CELLS_AT_ONCE // (self.n_columns + len(self.splits.columns)))
        blocks = [matrix[start : start + step] for start in range(0, len(matrix), step)]
        parts = [super(CategoryBoostingModel, self).predict_columns(self.splits.extend(block)) for block in blocks]
        return np.concatenate(parts) if parts else np.empty((0, self.n_outputs))

    def predict_row(self, values: Sequence[float]) -> list[float]:
        """Compute the outputs of one row; see `Model.predict_row`."""
        (row,) = self.splits.extend(np.array([values], dtype=np.float64))
        return super().predict_row(row)

    @classmethod
    def _read_all(cls, section: Section) -> tuple[Trees, list[float], CategorySplits]:
        section.check_keys("baselines", *TREE_KEYS, *KEYS)
        splits = CategorySplits.read(section)
        trees, baselines = cls._read_trees(section.widen(len(splits.columns)))
        return trees, baselines, splits
