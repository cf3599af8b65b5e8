from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as reference

from regression_model.evaluation.metrics import UndefinedMetricError, build_regression_sample, get_metric
from regression_model.evaluation.metrics.further_regression import FURTHER_REGRESSION_METRICS

# The same sums in another order: equal to within the rounding of some thousand additions.
ROUNDING = 1e-11


def log_range(actual):
    return np.log1p(actual.max()) - np.log1p(actual.min())


REFERENCES = {
    "mean_squared_error": reference.mean_squared_error,
    "mean_squared_log_error": reference.mean_squared_log_error,
    "max_error": reference.max_error,
    "explained_variance": reference.explained_variance_score,
    "normalized_mean_absolute_error": lambda a, p: reference.mean_absolute_error(a, p) / np.ptp(a),
    "normalized_median_absolute_error": lambda a, p: reference.median_absolute_error(a, p) / np.ptp(a),
    "normalized_root_mean_squared_log_error": lambda a, p: reference.root_mean_squared_log_error(a, p) / log_range(a),
}


def test_every_metric_has_a_reference():
    assert set(REFERENCES) == set(FURTHER_REGRESSION_METRICS)


@pytest.mark.parametrize("name", REFERENCES)
def test_equals_the_reference(name):
    rng = np.random.default_rng(1)
    actual = rng.lognormal(3.0, 0.6, 501)
    predicted = actual * rng.lognormal(0.0, 0.3, 501)

    value = get_metric("regression", name).compute(build_regression_sample(actual, predicted))

    assert value == pytest.approx(REFERENCES[name](actual, predicted), rel=ROUNDING)


def test_a_resample_keeps_the_range_of_all_rows():
    actual = np.array([0.0, 1.0, 9.0])
    resample = build_regression_sample(actual, [0.0, 2.0, 9.0]).take(np.array([1, 1, 1]))

    error = get_metric("regression", "normalized_root_mean_squared_log_error").compute(resample)

    assert error == pytest.approx((np.log(3) - np.log(2)) / np.log(10))


@pytest.mark.parametrize("name", [name for name in REFERENCES if name.startswith(("normalized", "explained"))])
def test_a_constant_target_leaves_it_undefined(name):
    with pytest.raises(UndefinedMetricError, match="all equal"):
        get_metric("regression", name).compute(build_regression_sample([2.0, 2.0], [1.0, 3.0]))
