"""How bad an average of predictions is, as fast as a greedy choice needs it that asks some thousand times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from regression_model.evaluation.scoring import Scorer
from regression_model.search.ensembling.records import FloatArray, IntArray

Loss = Callable[[FloatArray], float]
"""From averaged answers to a number that is to be small."""

MAX_ROWS_OF_SLOW_METRICS = 4000
"""Metrics that need sorting are looked at on so many rows, evenly spread; the score that counts is of all rows."""

_AREAS = ("roc_auc", "AUC_macro", "AUC_weighted")  # with two classes all three are the same
_SQUARED = ("rmse", "mean_squared_error", "normalised_rmse", "r2")
_ABSOLUTE = ("mae", "normalized_mean_absolute_error")
_LOGARITHMIC = ("rmsle", "mean_squared_log_error", "normalized_root_mean_squared_log_error")


class LossMaker:
    """Makes losses for chosen rows.

    Parameters
    ----------
    scorer : Scorer
    target : array of shape (n_rows,)
        Numbers or labels.
    transform : {"none", "log"}
        The scale on which regressions are averaged.
    """

    def __init__(self, scorer: Scorer, target: npt.NDArray[Any], transform: str) -> None:
        self.scorer = scorer
        self.target = target if scorer.classes is not None else np.asarray(target, dtype=np.float64)
        self.transform = transform
        self.codes: IntArray | None = None
        if scorer.classes is not None:
            places: Mapping[Any, int] = {label: place for place, label in enumerate(scorer.classes)}
            self.codes = np.array([places[label] for label in target.tolist()], dtype=np.intp)

    def turn_back(self, averaged: FloatArray) -> FloatArray:
        """Turn an average back to the target's scale."""
        return np.exp(averaged) if self.transform == "log" else averaged

    def turn(self, predicted: FloatArray) -> FloatArray:
        """Turn predictions to the scale on which they are averaged."""
        return np.log(predicted) if self.transform == "log" else predicted

    def choose_rows(self, rows: IntArray) -> IntArray:
        """Return those of the rows that a loss is to look at."""
        if self._is_fast() or len(rows) <= MAX_ROWS_OF_SLOW_METRICS:
            return rows
        return rows[np.unique(np.linspace(0, len(rows) - 1, MAX_ROWS_OF_SLOW_METRICS).astype(np.intp))]

    def build(self, rows: IntArray) -> Loss:
        """Return the loss of averages over these rows; its order is that of the metric, its unit is not."""
        name = self.scorer.definition.name
        if self.codes is not None and name == "log_loss":
            return _build_log_loss(self.codes[rows])
        if self.codes is not None and name in _AREAS and len(self.scorer.classes or ()) == 2:
            return _build_area(self.codes[rows])
        target = self.target[rows]
        if name in _SQUARED:
            return lambda averaged: float(np.square(self.turn_back(averaged) - target).mean())
        if name in _ABSOLUTE:
            return lambda averaged: float(np.abs(self.turn_back(averaged) - target).mean())
        if name in _LOGARITHMIC:
            logs = np.log1p(target)
            return lambda averaged: float(np.square(np.log1p(np.maximum(self.turn_back(averaged), 0.0)) - logs).mean())
        return self._build_slow(target)

    def _is_fast(self) -> bool:
        return self.scorer.definition.name in (*_SQUARED, *_ABSOLUTE, *_LOGARITHMIC, "log_loss")

    def _build_slow(self, target: npt.NDArray[Any]) -> Loss:
        sign = 1.0 if self.scorer.definition.direction == "minimize" else -1.0

        def compute(averaged: FloatArray) -> float:
            score = self.scorer.find_score(target, self.turn_back(averaged))
            return np.inf if score is None else sign * score

        return compute


def _build_log_loss(codes: IntArray) -> Loss:
    places, least = np.arange(len(codes)), float(np.finfo(np.float64).eps)
    return lambda averaged: float(-np.log(np.maximum(averaged[places, codes], least)).mean())


def _build_area(codes: IntArray) -> Loss:
    """Return the share of pairs in the wrong order; of equal probabilities the order of the rows counts."""
    positive = codes == 1
    n_pairs = max(int(positive.sum()) * int((~positive).sum()), 1)

    def compute(averaged: FloatArray) -> float:
        sorted_positive = positive[np.argsort(averaged[:, 1], kind="stable")]
        negatives_above = np.cumsum(~sorted_positive[::-1])[::-1]
        return float(negatives_above[sorted_positive].sum()) / n_pairs

    return compute
