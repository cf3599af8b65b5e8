"""Metrics of a regression that a search may be about, but that reports and manifests do not list.

They say again, in another unit, what the listed ones say. Names and normalisations are those of Azure Machine
Learning ("Evaluate automated machine learning experiment results", Microsoft Learn, section "Metric normalization")
and scikit-learn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from regression_model.evaluation.metrics.base import Metric, UndefinedMetricError
from regression_model.evaluation.metrics.regression import mae, median_absolute_error, rmsle
from regression_model.evaluation.metrics.samples import RegressionSample


def mean_squared_error(sample: RegressionSample) -> float:
    """Return the mean of the squared errors, as `sklearn.metrics.mean_squared_error`."""
    return float(sample.residuals @ sample.residuals) / sample.n_rows


def mean_squared_log_error(sample: RegressionSample) -> float:
    """Return the square of RMSLE, as `sklearn.metrics.mean_squared_log_error`; negative predictions count as 0."""
    return rmsle(sample) ** 2


def max_error(sample: RegressionSample) -> float:
    """Return the largest absolute error, as `sklearn.metrics.max_error`."""
    return float(np.abs(sample.residuals).max())


def explained_variance(sample: RegressionSample) -> float:
    """Return ``1 - variance of the residuals / variance of the actual values``, as scikit-learn's of this name.

    Other than R², it forgives a constant bias. Undefined for a constant target, where scikit-learn answers 0 or 1.
    """
    if np.ptp(sample.actual) == 0:
        raise UndefinedMetricError("the actual values are all equal, so there is no variance to explain")
    return 1.0 - float(sample.residuals.var()) / float(sample.actual.var())


def normalized_mean_absolute_error(sample: RegressionSample) -> float:
    """Return MAE divided by ``max - min`` of the actual values; a resample keeps the range of all rows."""
    return mae(sample) / _find_range(sample)


def normalized_median_absolute_error(sample: RegressionSample) -> float:
    """Return the median absolute error divided by ``max - min`` of the actual values."""
    return median_absolute_error(sample) / _find_range(sample)


def normalized_root_mean_squared_log_error(sample: RegressionSample) -> float:
    """Return RMSLE divided by ``log(1 + max) - log(1 + min)`` of the actual values."""
    error = rmsle(sample)  # first: it refuses negative values
    high = sample.actual_low + _find_range(sample)
    return error / (math.log1p(high) - math.log1p(sample.actual_low))


def _find_range(sample: RegressionSample) -> float:
    if sample.actual_range == 0:
        raise UndefinedMetricError("the actual values are all equal, so their range is 0")
    return sample.actual_range


_ALL: tuple[Metric[RegressionSample], ...] = (
    Metric(
        "mean_squared_error", "Mean squared error", "minimize", "prediction", "score", 0.0, math.inf,
        "Mean of the squared errors, in the square of the target's unit.", mean_squared_error,
    ),
    Metric(
        "mean_squared_log_error", "Mean squared log error", "minimize", "prediction", "score", 0.0, math.inf,
        "Square of RMSLE. Negative predictions count as 0.", mean_squared_log_error,
    ),
    Metric(
        "max_error", "Largest error", "minimize", "prediction", "target", 0.0, math.inf,
        "Size of the largest error.", max_error,
    ),
    Metric(
        "explained_variance", "Explained variance", "maximize", "prediction", "score", -math.inf, 1.0,
        "Share of the target's variance that is explained, a constant bias forgiven.", explained_variance,
    ),
    Metric(
        "normalized_mean_absolute_error", "Normalised MAE", "minimize", "prediction", "fraction", 0.0, math.inf,
        "MAE as a share of the range (largest minus smallest) of the actual values.", normalized_mean_absolute_error,
    ),
    Metric(
        "normalized_median_absolute_error", "Normalised median absolute error", "minimize", "prediction", "fraction",
        0.0, math.inf, "Median absolute error as a share of the range of the actual values.",
        normalized_median_absolute_error,
    ),
    Metric(
        "normalized_root_mean_squared_log_error", "Normalised RMSLE", "minimize", "prediction", "fraction", 0.0,
        math.inf, "RMSLE as a share of the range of log(1 + actual value).", normalized_root_mean_squared_log_error,
    ),
)  # fmt: skip

FURTHER_REGRESSION_METRICS: Mapping[str, Metric[RegressionSample]] = MappingProxyType(
    {metric.name: metric for metric in _ALL}
)
