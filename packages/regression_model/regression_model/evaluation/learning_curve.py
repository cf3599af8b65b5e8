"""The learning curve: how the error falls as the model sees more rows, and whether more rows would help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from regression_model.evaluation.metrics.base import IntArray
from regression_model.evaluation.scoring import LabelledRows, Predict, Scorer

Fit = Callable[[pd.DataFrame, npt.NDArray[Any]], Predict]
"""From training rows and their target to the function that predicts."""

DEFAULT_FRACTIONS = (0.1, 0.25, 0.5, 0.75, 1.0)
MIN_ROWS = 20


@dataclass(frozen=True)
class LearningCurvePoint:
    """One training: how many rows it saw, its score on them and on the holdout (None where undefined)."""

    n_rows: int
    train: float | None
    holdout: float | None


@dataclass(frozen=True)
class LearningCurve:
    """Scores by number of training rows, ascending; `metric` is its name in the registry of `task`."""

    task: str
    metric: str
    points: tuple[LearningCurvePoint, ...]


def compute_learning_curve(
    scorer: Scorer,
    fit: Fit,
    train: LabelledRows,
    holdout: LabelledRows,
    *,
    fractions: Sequence[float] = DEFAULT_FRACTIONS,
    seed: int = 0,
) -> LearningCurve:
    """Train on growing parts of the training rows; each part holds the one before it.

    Parameters
    ----------
    scorer : Scorer
        The measure.
    fit : callable
        From rows and target to a function that predicts; called once per fraction.
    train, holdout : LabelledRows
        The rows to train on, and those to score on.
    fractions : sequence of float, default (0.1, 0.25, 0.5, 0.75, 1)
        Of the training rows, each in (0, 1]; parts of fewer than 20 rows are left out. In a classification
        each part has the classes in their proportions, and at least one row of each.
    seed : int, default 0
        Of the order in which rows are added.

    Raises
    ------
    ValueError
        If a fraction is out of its range.
    """
    if not all(0 < fraction <= 1 for fraction in fractions):
        raise ValueError(f"expected fractions of the training rows in (0, 1], found {list(fractions)}")
    order = _growing_order(train.target, seed, stratified=scorer.task == "classification")
    sizes = sorted({round(fraction * len(order)) for fraction in fractions})
    points = []
    for size in (size for size in sizes if size >= min(MIN_ROWS, len(order))):
        part = LabelledRows(train.frame.iloc[order[:size]], train.target[order[:size]])
        predict = fit(part.frame, part.target)
        on_train = scorer.find_score(part.target, predict(part.frame))
        on_holdout = scorer.find_score(holdout.target, predict(holdout.frame))
        points.append(LearningCurvePoint(size, on_train, on_holdout))
    return LearningCurve(scorer.task, scorer.metric, tuple(points))


def _growing_order(target: npt.NDArray[Any], seed: int, *, stratified: bool) -> IntArray:
    """Order the rows so that every beginning is a random part; stratified: with each class in proportion."""
    shuffled = np.random.default_rng(seed).permutation(len(target)).astype(np.int64)
    if not stratified:
        return shuffled
    labels = pd.Series(target[shuffled].astype(object))
    within = labels.groupby(labels, sort=False).cumcount().to_numpy()
    sizes = labels.map(labels.value_counts()).to_numpy(dtype=np.float64)
    due = np.where(within == 0, -1.0, (within + 0.5) / sizes)  # a class's first row comes before all
    return shuffled[np.argsort(due, kind="stable")]
