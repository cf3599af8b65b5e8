"""Confidence intervals by the percentile bootstrap.

Source: Efron and Tibshirani, "An Introduction to the Bootstrap", chapter 13 (Chapman and Hall, 1993). Rows
are drawn with replacement as often as there are rows; the metric is computed for each such resample; the
interval runs between the quantiles of these values. All metrics see the same resamples. What varies is the
choice of the evaluated rows, not the training: the interval says nothing about how another training would
have turned out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from regression_model.evaluation.metrics.base import Metric, SampleT, UndefinedMetricError

MIN_DEFINED_SHARE = 0.5


@dataclass(frozen=True)
class Interval:
    """A confidence interval, in the unit of its metric; both ends included."""

    low: float
    high: float


def bootstrap_intervals(
    metrics: Iterable[Metric[SampleT]],
    sample: SampleT,
    *,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> dict[str, Interval | None]:
    """Return an interval per metric, by the metric's name.

    Parameters
    ----------
    metrics : iterable of Metric
        All of one task.
    sample : RegressionSample or ClassificationSample
        The evaluated rows.
    n_resamples : int, default 1000
        At least 0; 0 gives no intervals.
    confidence : float, default 0.95
        In (0, 1).
    seed : int, default 0
        At least 0. The same seed gives the same intervals.

    Returns
    -------
    dict of str to Interval or None
        None without resamples, for fewer than two rows, or if the metric is undefined in more than half of
        the resamples (ROC AUC needs a row of each class). Resamples in which it is undefined don't count.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """
    if n_resamples < 0 or not 0 < confidence < 1:
        raise ValueError(f"expected n_resamples >= 0 and 0 < confidence < 1, found {n_resamples} and {confidence}")
    metrics = tuple(metrics)
    values: dict[str, list[float]] = {metric.name: [] for metric in metrics}
    if sample.n_rows > 1:
        generator = np.random.default_rng(seed)
        for _ in range(n_resamples):
            resample = sample.take(generator.integers(0, sample.n_rows, sample.n_rows))
            for metric in metrics:
                try:
                    values[metric.name].append(metric.compute(resample))
                except UndefinedMetricError:
                    continue
    return {name: _percentile_interval(found, n_resamples, confidence) for name, found in values.items()}


def _percentile_interval(values: list[float], n_resamples: int, confidence: float) -> Interval | None:
    if not values or len(values) < MIN_DEFINED_SHARE * n_resamples:
        return None
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))
