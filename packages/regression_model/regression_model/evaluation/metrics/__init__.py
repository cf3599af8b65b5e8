"""Metrics of regressions and classifications, and the samples they are computed from."""

from __future__ import annotations

from regression_model.evaluation.metrics.base import Metric, UndefinedMetricError
from regression_model.evaluation.metrics.classification import CLASSIFICATION_METRICS
from regression_model.evaluation.metrics.registry import get_metric, get_metrics
from regression_model.evaluation.metrics.regression import REGRESSION_METRICS
from regression_model.evaluation.metrics.samples import (
    ClassificationSample,
    RegressionSample,
    build_classification_sample,
    build_regression_sample,
)

__all__ = [
    "CLASSIFICATION_METRICS",
    "REGRESSION_METRICS",
    "ClassificationSample",
    "Metric",
    "RegressionSample",
    "UndefinedMetricError",
    "build_classification_sample",
    "build_regression_sample",
    "get_metric",
    "get_metrics",
]
