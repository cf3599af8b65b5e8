"""What a report is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from regression_model.evaluation.evaluate import Evaluation
from regression_model.evaluation.learning_curve import LearningCurve
from regression_model.evaluation.metrics.base import FloatArray
from regression_model.evaluation.scoring import Predict


@dataclass(frozen=True, eq=False, kw_only=True)
class ReportInputs:
    """A model's predictions of its holdout, and what is known about the model.

    Parameters
    ----------
    title : str
        Headline of the page.
    model_version : str
        Version of the model.
    task : {"regression", "classification"}
        What was predicted.
    evaluation : Evaluation
        Metrics of the holdout's predictions.
    frame : DataFrame of shape (n_rows, n_features)
        Features of the holdout, model-ready.
    actual, predicted : array-like of shape (n_rows,)
        Numbers in the unit of the target, or labels.
    probabilities : array-like of shape (n_rows, n_classes), optional
        In the order of `classes`; without them ROC, precision-recall and calibration are left out.
    classes : sequence, optional
        Labels. Default: those of `evaluation`.
    facts : mapping, optional
        The manifest, or as much of it as is known; see `build_model_card` for its keys.
    predict : callable, optional
        From model-ready rows to predictions, or for a classification to probabilities; without it permutation
        importance is left out.
    learning_curve : LearningCurve, optional
        Without it the section is left out.
    target_name : str, default "target"
        Column that is predicted.
    target_unit : str, optional
        Its unit, such as ``USD``.
    seed : int, default 0
        Of permutation importance.
    importance_repeats : int, default 5
        Shufflings per column, at least 1.
    importance_max_rows : int, default 2000
        Of more rows a random choice is used.
    """

    title: str
    model_version: str
    task: str
    evaluation: Evaluation
    frame: pd.DataFrame
    actual: npt.ArrayLike
    predicted: npt.ArrayLike
    probabilities: npt.ArrayLike | None = None
    classes: Sequence[Any] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    predict: Predict | None = None
    learning_curve: LearningCurve | None = None
    target_name: str = "target"
    target_unit: str | None = None
    seed: int = 0
    importance_repeats: int = 5
    importance_max_rows: int = 2000

    @property
    def known_classes(self) -> tuple[Any, ...]:
        """The classes, in the order of the probabilities' columns; empty for a regression."""
        return tuple(self.classes if self.classes is not None else self.evaluation.classes or ())

    @property
    def actual_numbers(self) -> FloatArray:
        """Actual values of a regression."""
        return np.asarray(self.actual, dtype=np.float64)

    @property
    def predicted_numbers(self) -> FloatArray:
        """Predictions of a regression."""
        return np.asarray(self.predicted, dtype=np.float64)

    @property
    def actual_labels(self) -> npt.NDArray[Any]:
        """Actual labels of a classification."""
        return np.asarray(self.actual, dtype=object)

    @property
    def predicted_labels(self) -> npt.NDArray[Any]:
        """Predicted labels of a classification."""
        return np.asarray(self.predicted, dtype=object)
