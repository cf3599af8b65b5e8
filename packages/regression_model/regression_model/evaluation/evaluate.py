"""All metrics of one set of predictions, with their intervals, as a value that survives JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from regression_model.evaluation.bootstrap import Interval, bootstrap_intervals
from regression_model.evaluation.metrics import (
    CLASSIFICATION_METRICS,
    REGRESSION_METRICS,
    Metric,
    UndefinedMetricError,
    build_classification_sample,
    build_regression_sample,
    get_metrics,
)
from regression_model.evaluation.metrics.base import SampleT


@dataclass(frozen=True)
class MetricValue:
    """A metric's value and its confidence interval.

    Parameters
    ----------
    name : str
        Name in the registry of metrics.
    value : float or None
        None where the metric is undefined; `reason` says why.
    low, high : float or None
        Ends of the interval; None where there is none.
    reason : str or None
        Why there is no value.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Evaluation:
    """How good a set of predictions is.

    Parameters
    ----------
    task : {"regression", "classification"}
        What was predicted.
    metrics : tuple of MetricValue
        In the registry's order.
    n_rows : int
        Number of evaluated rows.
    n_bootstrap : int
        Number of resamples behind the intervals.
    confidence : float
        Of the intervals, in (0, 1).
    classes : tuple or None
        Labels in their documented order; None for a regression.
    confusion_matrix : tuple of tuples of int, or None
        Counts: actual class by row, predicted class by column; None for a regression.
    """

    task: str
    metrics: tuple[MetricValue, ...]
    n_rows: int
    n_bootstrap: int
    confidence: float
    classes: tuple[Any, ...] | None = None
    confusion_matrix: tuple[tuple[int, ...], ...] | None = None

    def get(self, name: str) -> MetricValue:
        """Return one metric's value.

        Raises
        ------
        KeyError
            If it was not computed; the message lists those that were.
        """
        for metric in self.metrics:
            if metric.name == name:
                return metric
        raise KeyError(f"no metric {name!r} among {[metric.name for metric in self.metrics]}")

    def to_json(self) -> dict[str, Any]:
        """Return plain numbers, text, lists and dicts; never NaN or infinity."""
        return {
            "task": self.task,
            "n_rows": self.n_rows,
            "n_bootstrap": self.n_bootstrap,
            "confidence": self.confidence,
            "metrics": {
                metric.name: {
                    "value": metric.value, "low": metric.low, "high": metric.high, "reason": metric.reason
                }
                for metric in self.metrics
            },
            "classes": None if self.classes is None else list(self.classes),
            "confusion_matrix": self.confusion_matrix and [list(row) for row in self.confusion_matrix],
        }  # fmt: skip

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Evaluation:
        """Rebuild what `to_json` wrote, whatever became of the order of its keys.

        Raises
        ------
        KeyError
            If a key is missing.
        """
        order = {name: position for position, name in enumerate(get_metrics(document["task"]))}
        names = sorted(document["metrics"], key=lambda name: (order.get(name, len(order)), name))
        classes, confusion = document.get("classes"), document.get("confusion_matrix")
        return cls(
            task=document["task"],
            metrics=tuple(MetricValue(name, **document["metrics"][name]) for name in names),
            n_rows=document["n_rows"],
            n_bootstrap=document["n_bootstrap"],
            confidence=document["confidence"],
            classes=None if classes is None else tuple(classes),
            confusion_matrix=None if confusion is None else tuple(tuple(row) for row in confusion),
        )


def evaluate_predictions(  # noqa: PLR0913 - the three settings of the bootstrap are by name only
    task: str,
    actual: npt.ArrayLike,
    predicted: npt.ArrayLike,
    probabilities: npt.ArrayLike | None = None,
    classes: Sequence[Any] | None = None,
    *,
    n_bootstrap: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Evaluation:
    """Compute all metrics of a task, each with a bootstrap confidence interval.

    Parameters
    ----------
    task : {"regression", "classification"}
        What was predicted.
    actual, predicted : array-like of shape (n_rows,)
        Numbers in the unit of the target, or labels.
    probabilities : array-like of shape (n_rows, n_classes), optional
        In the order of `classes`; without them the metrics that need them are undefined.
    classes : sequence, optional
        Labels; of two, the second is the positive one. Default: those that occur, sorted.
    n_bootstrap : int, default 1000
        Resamples; 0 for no intervals.
    confidence : float, default 0.95
        Of the intervals, in (0, 1).
    seed : int, default 0
        Of the resamples.

    Raises
    ------
    ConfigError
        If `task` is unknown.
    DataError
        If the arrays don't fit each other or hold missing values.

    Examples
    --------
    >>> evaluation = evaluate_predictions("regression", [1.0, 2.0, 4.0], [1.0, 3.0, 4.0], n_bootstrap=0)
    >>> round(evaluation.get("rmse").value, 4)
    0.5774
    """
    get_metrics(task)
    settings = {"n_resamples": n_bootstrap, "confidence": confidence, "seed": seed}
    if task == "regression":
        numbers = build_regression_sample(actual, predicted)
        values = _metric_values(REGRESSION_METRICS, numbers, settings)
        return Evaluation(task, values, numbers.n_rows, n_bootstrap, confidence)
    labels = build_classification_sample(actual, predicted, probabilities, classes)
    return Evaluation(
        task,
        _metric_values(CLASSIFICATION_METRICS, labels, settings),
        labels.n_rows,
        n_bootstrap,
        confidence,
        labels.classes,
        tuple(tuple(int(count) for count in row) for row in labels.confusion),
    )


def _metric_values(
    metrics: Mapping[str, Metric[SampleT]], sample: SampleT, settings: Mapping[str, Any]
) -> tuple[MetricValue, ...]:
    values: dict[str, float] = {}
    reasons: dict[str, str] = {}
    for name, metric in metrics.items():
        try:
            values[name] = metric.compute(sample)
        except UndefinedMetricError as undefined:
            reasons[name] = str(undefined)
    intervals = bootstrap_intervals([metrics[name] for name in values], sample, **settings)
    return tuple(_metric_value(name, values.get(name), intervals.get(name), reasons.get(name)) for name in metrics)


def _metric_value(name: str, value: float | None, interval: Interval | None, reason: str | None) -> MetricValue:
    low, high = (interval.low, interval.high) if interval else (None, None)
    return MetricValue(name, value, low, high, reason)
