"""What a system has made of a table, and how it compares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

N_RESAMPLES = 2000
_MIN_PROBABILITY = 1e-15


@dataclass(frozen=True, eq=False)
class Outcome:
    """A system's model.

    Attributes
    ----------
    predictions : ndarray of shape (n_test_rows,)
        Numbers, or the probability of the positive class.
    seconds : float
        From the start of the process to the saved model.
    size_mb : float
        Of the saved model, in 10^6 bytes.
    row_ms : float
        Median time to predict one row, in milliseconds.
    note : str
    versions : mapping
        Of the libraries that matter.
    """

    predictions: np.ndarray
    seconds: float
    size_mb: float
    row_ms: float
    note: str = ""
    versions: dict[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """Write it."""
        return {**asdict(self), "predictions": [float(value) for value in self.predictions]}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Outcome:
        """Rebuild what `to_json` wrote."""
        return cls(**{**document, "predictions": np.array(document["predictions"], dtype=float)})


def _absolute(actual: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return np.abs(actual - predicted)


def _squared_logarithm(actual: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return (np.log1p(actual) - np.log1p(np.clip(predicted, 0, None))) ** 2


def _surprise(actual: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    certain = np.clip(np.where(actual == 1, predicted, 1 - predicted), _MIN_PROBABILITY, 1)
    return -np.log(certain)


def _right(actual: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return ((predicted >= 0.5) == (actual == 1)).astype(float)


_ROW_VALUES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "mae": _absolute,
    "rmsle": _squared_logarithm,
    "log_loss": _surprise,
    "accuracy": _right,
}
"""Metrics that are means of a value for each row (of RMSLE the root), so that resamples cost little."""


def score(actual: np.ndarray, predicted: np.ndarray, *, is_classification: bool) -> dict[str, float]:
    """Return all scores of the task."""
    from sklearn.metrics import r2_score, roc_auc_score

    if is_classification:
        return {
            "log_loss": _mean("log_loss", _surprise(actual, predicted)),
            "auc": float(roc_auc_score(actual, predicted)),
            "accuracy": _mean("accuracy", _right(actual, predicted)),
        }
    return {
        "mae": _mean("mae", _absolute(actual, predicted)),
        "r2": float(r2_score(actual, predicted)),
        "rmsle": _mean("rmsle", _squared_logarithm(actual, predicted)),
    }


def find_interval(
    metric: str, actual: np.ndarray, predicted: np.ndarray, other: np.ndarray | None = None
) -> tuple[float, float]:
    """Return the bootstrap interval of 95 % of a score, or of how much larger it is than another's on the same rows.

    Percentile intervals of paired resamples (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).
    """
    values = _ROW_VALUES[metric](actual, predicted)
    others = None if other is None else _ROW_VALUES[metric](actual, other)
    generator = np.random.default_rng(0)
    found = []
    for _ in range(N_RESAMPLES):
        rows = generator.integers(0, len(actual), len(actual))
        found.append(_mean(metric, values[rows]) - (0.0 if others is None else _mean(metric, others[rows])))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def _mean(metric: str, values: np.ndarray) -> float:
    return float(np.sqrt(values.mean()) if metric == "rmsle" else values.mean())
