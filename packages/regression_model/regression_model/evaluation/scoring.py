"""One number for what a model answers: the measure behind permutation importance and the learning curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from regression_model.evaluation.metrics import (
    Metric,
    UndefinedMetricError,
    build_classification_sample,
    build_regression_sample,
    get_metric,
)

Predict = Callable[[pd.DataFrame], npt.ArrayLike]
"""From model-ready rows to predictions: numbers for a regression; for a classification class probabilities of
shape
(n_rows, n_classes) in the documented order of the classes, or labels if the model has no probabilities."""


@dataclass(frozen=True, eq=False)
class LabelledRows:
    """Rows and what they are to be predicted as.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        Model-ready features.
    target : array of shape (n_rows,)
        Numbers in the unit of the target, or labels.
    """

    frame: pd.DataFrame
    target: npt.NDArray[Any]


@dataclass(frozen=True)
class Scorer:
    """A metric of what a `Predict` answers.

    Parameters
    ----------
    task : {"regression", "classification"}
        What is predicted.
    metric : str
        Name in the registry of metrics.
    classes : tuple or None
        Labels in the order of the probabilities' columns; None for a regression.
    """

    task: str
    metric: str
    classes: tuple[Any, ...] | None = None

    @property
    def definition(self) -> Metric[Any]:
        """The metric's entry in the registry."""
        return get_metric(self.task, self.metric)

    def build_sample(self, actual: npt.ArrayLike, answer: npt.ArrayLike) -> Any:  # noqa: ANN401 - one per task
        """Put actual values and answers together as the metric's function takes them.

        Raises
        ------
        DataError
            If the answer doesn't fit the actual values.
        """
        answer = np.asarray(answer)
        if self.task == "regression":
            return build_regression_sample(actual, answer)
        if answer.ndim == 1 or self.classes is None:
            return build_classification_sample(actual, answer, classes=self.classes)
        labels = np.asarray(self.classes, dtype=object)[answer.argmax(axis=1)]
        return build_classification_sample(actual, labels, answer, self.classes)

    def find_score(self, actual: npt.ArrayLike, answer: npt.ArrayLike) -> float | None:
        """Return the metric's value, or None where it is undefined.

        Raises
        ------
        DataError
            If the answer doesn't fit the actual values.
        """
        try:
            return self.definition.compute(self.build_sample(actual, answer))
        except UndefinedMetricError:
            return None


def build_scorer(task: str, classes: Sequence[Any] | None = None, *, probabilities: bool = True) -> Scorer:
    """Choose the measure: RMSE, or ROC AUC, or balanced accuracy where the model gives labels only.

    Parameters
    ----------
    task : {"regression", "classification"}
        What is predicted.
    classes : sequence, optional
        Labels in the order of the probabilities' columns; needed for a classification.
    probabilities : bool, default True
        Whether the model of a classification answers with probabilities.
    """
    if task == "regression":
        return Scorer(task, "rmse")
    known = None if classes is None else tuple(classes)
    return Scorer(task, "roc_auc" if probabilities else "balanced_accuracy", known)
