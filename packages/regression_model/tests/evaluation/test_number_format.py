from __future__ import annotations

import pytest

from regression_model.evaluation.evaluate import MetricValue
from regression_model.evaluation.metrics import get_metric
from regression_model.evaluation.number_format import (
    format_compact,
    format_interval,
    format_metric,
    format_quantity,
    format_score,
)


@pytest.mark.parametrize(
    ("task", "name", "value", "expected"),
    [
        ("regression", "rmse", 23456.7, "23,457 EUR"),
        ("regression", "rmse", 0.25, "0.25 EUR"),
        ("regression", "mape", 0.0912, "9.12%"),
        ("regression", "mape", 123.4, "12,340%"),
        ("regression", "r2", 0.91234, "0.912"),
        ("regression", "r2", -1234.5, "-1,234"),
        ("classification", "accuracy", 1.0, "1.000"),
        ("classification", "accuracy", None, "n/a"),
    ],
)
def test_metrics_have_their_unit(task, name, value, expected):
    assert format_metric(get_metric(task, name), value, "EUR") == expected


def test_intervals_name_the_unit_once():
    rmse = get_metric("regression", "rmse")
    assert format_interval(rmse, MetricValue("rmse", 5.0, 4.0, 6.0), "EUR") == "4 to 6 EUR"
    assert format_interval(rmse, MetricValue("rmse", 5.0), "EUR") == "n/a"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, "0"), (-2500.0, "-2500"), (12_345.0, "12.35k"), (-1.5e6, "-1.5M"), (2e9, "2G"), (3e15, "3e+15")],
)
def test_compact_numbers(value, expected):
    assert format_compact(value) == expected


def test_large_and_small_numbers_stay_short():
    assert [format_quantity(value) for value in (1e20, 1e-9, -1234.5)] == ["1e+20", "1e-09", "-1,234"]
    assert format_score(25000.4) == "25,000"
