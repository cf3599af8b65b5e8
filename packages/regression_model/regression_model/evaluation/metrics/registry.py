"""Metrics by task and name."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from regression_model.errors import ConfigError
from regression_model.evaluation.metrics.base import Metric
from regression_model.evaluation.metrics.classification import CLASSIFICATION_METRICS
from regression_model.evaluation.metrics.regression import REGRESSION_METRICS


def get_metrics(task: str) -> Mapping[str, Metric[Any]]:
    """Return the metrics of a task by name, the most telling first.

    Raises
    ------
    ConfigError
        If `task` is neither ``regression`` nor ``classification``.
    """
    if task == "regression":
        return REGRESSION_METRICS
    if task == "classification":
        return CLASSIFICATION_METRICS
    raise ConfigError(f"expected task 'regression' or 'classification', found {task!r}")


def get_metric(task: str, name: str) -> Metric[Any]:
    """Return one metric of a task.

    Raises
    ------
    ConfigError
        If the task has no metric of this name.

    Examples
    --------
    >>> get_metric("regression", "rmse").direction
    'minimize'
    >>> get_metric("regression", "spearmann")
    Traceback (most recent call last):
    regression_model.errors.ConfigError: regression has no metric 'spearmann'; did you mean 'spearman'?
    """
    metrics = get_metrics(task)
    if name in metrics:
        return metrics[name]
    close = get_close_matches(name, metrics, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(metrics)}"
    raise ConfigError(f"{task} has no metric {name!r}; {hint}")
