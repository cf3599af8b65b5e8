"""Metrics of a regression.

The definitions are scikit-learn's and SciPy's, written out in numpy because a bootstrap computes each a
thousand times and their checks of the input would take most of that time; the tests hold the two equal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from regression_model.evaluation.metrics.base import FloatArray, IntArray, Metric, UndefinedMetricError
from regression_model.evaluation.metrics.samples import RegressionSample


def r2(sample: RegressionSample) -> float:
    """Return the coefficient of determination, as `sklearn.metrics.r2_score`.

    Undefined for a constant target, where scikit-learn answers 0 or 1.
    """
    if np.ptp(sample.actual) == 0:
        raise UndefinedMetricError("the actual values are all equal, so there is no variance to explain")
    spread = sample.actual - sample.actual.mean()
    return 1.0 - float(sample.residuals @ sample.residuals) / float(spread @ spread)


def rmse(sample: RegressionSample) -> float:
    """Return the root of the mean squared error, as `sklearn.metrics.root_mean_squared_error`."""
    return math.sqrt(float(sample.residuals @ sample.residuals) / sample.n_rows)


def mae(sample: RegressionSample) -> float:
    """Return the mean absolute error, as `sklearn.metrics.mean_absolute_error`."""
    return float(np.abs(sample.residuals).mean())


def median_absolute_error(sample: RegressionSample) -> float:
    """Return the median of the absolute errors, as `sklearn.metrics.median_absolute_error`."""
    return float(np.median(np.abs(sample.residuals)))


def rmsle(sample: RegressionSample) -> float:
    """Return the root of the mean squared difference of ``log(1 + value)``.

    As `sklearn.metrics.root_mean_squared_log_error`, which refuses values of -1 and less. Here a negative
    prediction counts as 0 (the nearest value that the target can take), so that one of them doesn't void the
    comparison; with a negative actual value the metric is undefined.
    """
    if sample.actual.min() < 0:
        raise UndefinedMetricError("an actual value is negative")
    difference = np.log1p(np.maximum(sample.predicted, 0.0)) - np.log1p(sample.actual)
    return math.sqrt(float(difference @ difference) / sample.n_rows)


def mape(sample: RegressionSample) -> float:
    """Return the mean of ``|error| / |actual|``, a fraction.

    As `sklearn.metrics.mean_absolute_percentage_error`. Undefined where an actual value is 0; scikit-learn
    would divide by 2.2e-16 and answer some 1e16.
    """
    if (sample.actual == 0).any():
        raise UndefinedMetricError("an actual value is 0, of which no error is a percentage")
    return float(np.abs(sample.residuals / sample.actual).mean())


def spearman(sample: RegressionSample) -> float:
    """Return Spearman's rank correlation, ties sharing their mean rank, as `scipy.stats.spearmanr`."""
    actual, predicted = _mean_ranks(sample.actual_ranks), _mean_ranks(sample.predicted_ranks)
    actual, predicted = actual - actual.mean(), predicted - predicted.mean()
    scale = math.sqrt(float(actual @ actual) * float(predicted @ predicted))
    if scale == 0:
        raise UndefinedMetricError("the actual values or the predictions are all equal, so they have no order")
    return float(actual @ predicted) / scale


def normalised_rmse(sample: RegressionSample) -> float:
    """Return RMSE divided by ``max - min`` of the actual values, as Azure Machine Learning defines it.

    Source: "Evaluate automated machine learning experiment results", Microsoft Learn, section "Metric
    normalization". The range is a constant of the data set: a resample of the bootstrap keeps that of all
    rows, or else the interval would mostly tell whether the two extreme rows were drawn.
    """
    if sample.actual_range == 0:
        raise UndefinedMetricError("the actual values are all equal, so their range is 0")
    return rmse(sample) / sample.actual_range


def _mean_ranks(dense: IntArray) -> FloatArray:
    """Rank a resample from 1 by counting, equal values sharing the mean of their ranks."""
    counts = np.bincount(dense)
    mean_rank: FloatArray = np.cumsum(counts) - (counts - 1) / 2
    return mean_rank[dense]


_ALL: tuple[Metric[RegressionSample], ...] = (
    Metric(
        "r2", "R²", "maximize", "prediction", "score", -math.inf, 1.0,
        "Share of the target's variance that is explained: 1 is perfect, 0 is no better than the mean.",
        r2,
    ),
    Metric(
        "rmse", "RMSE", "minimize", "prediction", "target", 0.0, math.inf,
        "Typical size of an error, large errors weighing more.", rmse,
    ),
    Metric(
        "mae", "MAE", "minimize", "prediction", "target", 0.0, math.inf,
        "Mean size of an error, whatever its sign.", mae,
    ),
    Metric(
        "median_absolute_error", "Median absolute error", "minimize", "prediction", "target", 0.0, math.inf,
        "Half of the errors are smaller than this.", median_absolute_error,
    ),
    Metric(
        "mape", "MAPE", "minimize", "prediction", "fraction", 0.0, math.inf,
        "Mean error as a percentage of the actual value.", mape,
    ),
    Metric(
        "rmsle", "RMSLE", "minimize", "prediction", "score", 0.0, math.inf,
        "RMSE of log(1 + value): about the typical relative error. Negative predictions count as 0.", rmsle,
    ),
    Metric(
        "spearman", "Spearman correlation", "maximize", "prediction", "score", -1.0, 1.0,
        "How well the predictions put the rows in order: 1 is the right order, 0 is none.", spearman,
    ),
    Metric(
        "normalised_rmse", "Normalised RMSE", "minimize", "prediction", "fraction", 0.0, math.inf,
        "RMSE as a share of the range (largest minus smallest) of the actual values.", normalised_rmse,
    ),
)  # fmt: skip

REGRESSION_METRICS: Mapping[str, Metric[RegressionSample]] = MappingProxyType({metric.name: metric for metric in _ALL})
