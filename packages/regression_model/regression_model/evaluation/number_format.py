"""How numbers are written for people: few digits, with their unit."""

from __future__ import annotations

import math
from typing import Any

from regression_model.evaluation.evaluate import MetricValue
from regression_model.evaluation.metrics.base import Metric

MISSING = "n/a"


def format_metric(metric: Metric[Any], value: float | None, unit: str | None = None) -> str:
    """Write a metric's value; `unit` is that of the target.

    Examples
    --------
    >>> from regression_model.evaluation.metrics import get_metric
    >>> format_metric(get_metric("regression", "rmse"), 23456.7, "USD")
    '23,457 USD'
    >>> format_metric(get_metric("regression", "mape"), 0.0912)
    '9.12%'
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if metric.unit == "target":
        return format_quantity(value, unit)
    if metric.unit == "fraction":
        return f"{100 * value:.3g}%" if abs(value) < 10 else f"{100 * value:,.0f}%"
    return format_score(value)


def format_score(value: float) -> str:
    """Write a bare number with three decimals, or few if it is large."""
    return f"{value:.3f}" if abs(value) < 100 else format_quantity(value)


def format_interval(metric: Metric[Any], measured: MetricValue, unit: str | None = None) -> str:
    """Write an interval as ``low to high``."""
    if measured.low is None or measured.high is None:
        return MISSING
    return f"{format_metric(metric, measured.low)} to {format_metric(metric, measured.high, unit)}"


def format_quantity(value: float, unit: str | None = None) -> str:
    """Write a number of the target's unit.

    Examples
    --------
    >>> format_quantity(1234567.8, "EUR"), format_quantity(0.0123456)
    ('1,234,568 EUR', '0.01235')
    """
    number = f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"
    return f"{number} {unit}" if unit else number


def format_compact(value: float) -> str:
    """Write a number for an axis.

    Examples
    --------
    >>> [format_compact(value) for value in (0.0, 0.25, 1990.0, 215_000.0, 1.5e6)]
    ['0', '0.25', '1990', '215k', '1.5M']
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size <= abs(value) < 1e12:
            return f"{value / (1000 if letter == 'k' else size):.4g}{letter}"
    return f"{value:.4g}"


def format_count(value: int | float) -> str:
    """Write a number of rows, ``12,345``."""
    return f"{value:,.0f}"
