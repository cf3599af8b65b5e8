"""Metrics by task and name."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from regression_model.errors import ConfigError
from regression_model.evaluation.metrics.base import Metric
from regression_model.evaluation.metrics.classification import CLASSIFICATION_METRICS
from regression_model.evaluation.metrics.further_classification import FURTHER_CLASSIFICATION_METRICS
from regression_model.evaluation.metrics.further_regression import FURTHER_REGRESSION_METRICS
from regression_model.evaluation.metrics.names import find_own_name
from regression_model.evaluation.metrics.regression import REGRESSION_METRICS


def get_metrics(task: str) -> Mapping[str, Metric[Any]]:
    """Return the metrics of a task that evaluations list, by name, the most telling first.

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
    """Return one metric of a task, by its own name or by that of Azure Machine Learning or scikit-learn.

    Parameters
    ----------
    task : {"regression", "classification"}
    name : str
        Also of a metric that evaluations do not list, such as ``AUC_weighted``. The answer carries its own name.

    Raises
    ------
    ConfigError
        If the task has no metric of this name.

    Examples
    --------
    >>> get_metric("regression", "rmse").direction
    'minimize'
    >>> get_metric("regression", "normalized_root_mean_squared_error").name
    'normalised_rmse'
    >>> get_metric("regression", "spearmann")
    Traceback (most recent call last):
    regression_model.errors.ConfigError: regression has no metric 'spearmann'; did you mean 'spearman'?
    """
    listed = get_metrics(task)
    further = FURTHER_REGRESSION_METRICS if task == "regression" else FURTHER_CLASSIFICATION_METRICS
    metrics = {**listed, **further}
    own = find_own_name(task, name)
    found = metrics.get(own) or {key.casefold(): metric for key, metric in metrics.items()}.get(own.casefold())
    if found is not None:
        return found
    close = get_close_matches(name, metrics, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(listed)}"
    raise ConfigError(f"{task} has no metric {name!r}; {hint}")
