"""Models of XGBoost: sums of trees in single precision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from regression_model.compiled.models.base import Numbers
from regression_model.compiled.models.boosting import BoostingModel
from regression_model.compiled.models.trees import Trees

_SINGLE = np.float32


class XGBoostModel(BoostingModel):
    """As `BoostingModel`, but in single precision.

    XGBoost compares in single precision and adds up in it, tree by tree; to have its digits, so does this.
    """

    kind: ClassVar[str] = "xgboost"
    PRECISION: ClassVar[type[np.floating[Any]]] = _SINGLE

    def __init__(self, trees: Trees, baselines: Sequence[float], n_columns: int) -> None:
        super().__init__(trees, baselines, n_columns)
        self._starts = self.baselines.astype(_SINGLE)
        self._singles = self._values.astype(_SINGLE)

    def predict_columns(self, matrix: Numbers) -> Numbers:
        """Compute the outputs of many rows; see `Model.predict_columns`."""
        outputs = np.tile(self._starts, (len(matrix), 1))
        for rows, first, leaves in self._walk.find_all_leaves(matrix):
            for number, of_tree in enumerate(leaves, start=first):
                outputs[rows, number % self.n_outputs] += self._singles[of_tree]
        return outputs.astype(np.float64)

    def predict_row(self, values: Sequence[float]) -> list[float]:
        """Compute the outputs of one row; see `Model.predict_row`."""
        with np.errstate(over="ignore"):
            row = np.array(values, dtype=np.float64).astype(_SINGLE)
        terms = np.concatenate([self._starts, self._singles.take(self._of_row.find_leaves(row))])
        total: list[float] = terms.reshape(-1, self.n_outputs).cumsum(axis=0, dtype=_SINGLE)[-1].tolist()
        return total
