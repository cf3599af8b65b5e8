from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as reference

from regression_model.evaluation.metrics import (
    REGRESSION_METRICS,
    UndefinedMetricError,
    build_regression_sample,
)

# The same sums in another order: equal to within the rounding of some thousand additions.
ROUNDING = 1e-11

REFERENCES = {
    "r2": reference.r2_score,
    "rmse": reference.root_mean_squared_error,
    "mae": reference.mean_absolute_error,
    "median_absolute_error": reference.median_absolute_error,
    "mape": reference.mean_absolute_percentage_error,
    "rmsle": reference.root_mean_squared_log_error,
    "spearman": lambda actual, predicted: stats.spearmanr(actual, predicted).statistic,
    "normalised_rmse": lambda actual, predicted: reference.root_mean_squared_error(actual, predicted) / np.ptp(actual),
}


def compute(name, actual, predicted):
    return REGRESSION_METRICS[name].compute(build_regression_sample(actual, predicted))


def test_every_metric_has_a_reference():
    assert set(REFERENCES) == set(REGRESSION_METRICS)


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize("seed", range(5))
def test_equals_the_reference(name, seed):
    rng = np.random.default_rng(seed)
    actual = rng.lognormal(11.0, 0.6, 501).round(-3 if seed % 2 else 2)  # rounded to thousands: many ties
    predicted = (actual * rng.lognormal(0.0, 0.3, 501)).round(-3 if seed % 2 else 2)

    assert compute(name, actual, predicted) == pytest.approx(REFERENCES[name](actual, predicted), rel=ROUNDING)


@pytest.mark.parametrize("name", [name for name in REFERENCES if name != "normalised_rmse"])
def test_a_resample_equals_the_reference_on_its_rows(name):
    rng = np.random.default_rng(0)
    actual, predicted = rng.lognormal(size=80).round(1) + 0.1, rng.lognormal(size=80).round(1)
    rows = rng.integers(0, 80, 80)

    value = REGRESSION_METRICS[name].compute(build_regression_sample(actual, predicted).take(rows))

    assert value == pytest.approx(REFERENCES[name](actual[rows], predicted[rows]), rel=ROUNDING)


def test_known_values_by_hand():
    actual, predicted = [1.0, 2.0, 4.0, 5.0], [2.0, 2.0, 2.0, 6.0]  # errors 1, 0, -2, 1
    assert compute("rmse", actual, predicted) == pytest.approx(np.sqrt(6 / 4))
    assert compute("mae", actual, predicted) == 1.0
    assert compute("median_absolute_error", actual, predicted) == 1.0
    assert compute("mape", actual, predicted) == pytest.approx((1 + 0 + 0.5 + 0.2) / 4)
    assert compute("r2", actual, predicted) == pytest.approx(1 - 6 / 10)
    assert compute("normalised_rmse", actual, predicted) == pytest.approx(np.sqrt(6 / 4) / 4)


def test_normalised_rmse_keeps_the_range_of_all_rows_in_a_resample():
    sample = build_regression_sample([0.0, 10.0, 100.0], [1.0, 11.0, 101.0])
    resample = sample.take(np.array([0, 1, 1]))  # without the largest value
    assert REGRESSION_METRICS["normalised_rmse"].compute(resample) == pytest.approx(1 / 100)


def test_negative_predictions_count_as_zero_in_rmsle():
    assert compute("rmsle", [3.0, 1.0], [-5.0, 1.0]) == pytest.approx(np.sqrt(np.log(4) ** 2 / 2))


@pytest.mark.parametrize(
    ("name", "actual", "predicted", "reason"),
    [
        ("r2", [2.0, 2.0], [1.0, 2.0], "all equal"),
        ("normalised_rmse", [2.0, 2.0], [1.0, 2.0], "range is 0"),
        ("mape", [0.0, 2.0], [1.0, 2.0], "is 0"),
        ("rmsle", [-0.5, 2.0], [1.0, 2.0], "negative"),
        ("spearman", [1.0, 2.0], [3.0, 3.0], "no order"),
        ("rmse", [1.0, 2.0], [1e300, 2.0], "too large"),
    ],
)
def test_undefined_values_have_a_reason(name, actual, predicted, reason):
    with pytest.raises(UndefinedMetricError, match=reason):
        compute(name, actual, predicted)
