"""What a fitted pipeline answers, in one form for both tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline


@dataclass(frozen=True)
class ModelOutputs:
    """Predictions for a frame of rows.

    Attributes
    ----------
    predictions : ndarray of shape (n_rows,)
        Numbers on the scale of the target, or class labels.
    probabilities : ndarray of shape (n_rows, n_classes) or None
        For classification, in the order of ``classes``.
    classes : tuple of str or None
        Sorted as text.
    """

    predictions: np.ndarray[Any, Any]
    probabilities: np.ndarray[Any, np.dtype[np.float64]] | None = None
    classes: tuple[str, ...] | None = None


def predict_frame(pipeline: Pipeline, frame: pd.DataFrame) -> ModelOutputs:
    """Predict model-ready rows.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    frame : DataFrame of shape (n_rows, n_features)
        One row at least.

    Returns
    -------
    ModelOutputs
        A class is the most probable one, and of equals the first. A number may be infinite where the input lies so
        far outside that the exponential overflows.
    """
    # An overflow is an answer that the caller looks at, not a message on somebody's terminal.
    with np.errstate(over="ignore", invalid="ignore"):
        if not hasattr(pipeline, "classes_"):
            return ModelOutputs(np.asarray(pipeline.predict(frame), dtype=np.float64))
        probabilities = np.asarray(pipeline.predict_proba(frame), dtype=np.float64)
    classes = tuple(str(label) for label in pipeline.classes_)
    labels = np.array(classes, dtype=object)[probabilities.argmax(axis=1)]
    return ModelOutputs(labels, probabilities, classes)
