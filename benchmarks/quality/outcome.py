"""What a system has made of a table, and how it compares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    log_loss,
    mean_absolute_error,
    mean_squared_log_error,
    r2_score,
    roc_auc_score,
)

N_RESAMPLES = 2000


@dataclass(frozen=True, eq=False)
class Outcome:
    """A system's model.

    Attributes
    ----------
    system : str
    predictions : ndarray of shape (n_test_rows,)
        Numbers, or the probability of the positive class.
    seconds : float
        From the start of the process to the saved model.
    size_mb : float
        Of the saved model, in 10^6 bytes.
    row_ms : float
        Median time to predict one row, in milliseconds.
    note : str
    """

    system: str
    predictions: np.ndarray
    seconds: float
    size_mb: float
    row_ms: float
    note: str = ""


def _rmsle(actual: np.ndarray, predicted: np.ndarray) -> float:
    return float(np.sqrt(mean_squared_log_error(actual, np.clip(predicted, 0, None))))


def _accuracy(actual: np.ndarray, predicted: np.ndarray) -> float:
    return float(accuracy_score(actual, predicted >= 0.5))


SCORES: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "mae": mean_absolute_error,
    "r2": r2_score,
    "rmsle": _rmsle,
    "log_loss": log_loss,
    "auc": roc_auc_score,
    "accuracy": _accuracy,
}


def score(actual: np.ndarray, predicted: np.ndarray, *, is_classification: bool) -> dict[str, float]:
    """Return all scores of the task."""
    names = ("log_loss", "auc", "accuracy") if is_classification else ("mae", "r2", "rmsle")
    return {name: float(SCORES[name](actual, predicted)) for name in names}


def find_interval(
    metric: str, actual: np.ndarray, predicted: np.ndarray, other: np.ndarray | None = None
) -> tuple[float, float]:
    """Return the bootstrap interval of 95 % of a score, or of how much larger it is than another's on the same rows.

    Percentile intervals of paired resamples (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).
    """
    generator = np.random.default_rng(0)
    function = SCORES[metric]
    found = []
    for _ in range(N_RESAMPLES):
        rows = generator.integers(0, len(actual), len(actual))
        value = function(actual[rows], predicted[rows])
        found.append(value if other is None else value - function(actual[rows], other[rows]))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
