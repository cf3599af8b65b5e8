from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from regression_model.evaluation.bootstrap import Interval, bootstrap_intervals
from regression_model.evaluation.metrics import (
    CLASSIFICATION_METRICS,
    REGRESSION_METRICS,
    build_classification_sample,
    build_regression_sample,
)

MAE = REGRESSION_METRICS["mae"]


def draw(n_rows, seed):
    rng = np.random.default_rng(seed)
    actual = rng.normal(size=n_rows)
    return build_regression_sample(actual, actual + rng.normal(size=n_rows))


def test_the_same_seed_gives_the_same_intervals_and_another_does_not():
    sample = draw(100, 0)
    first = bootstrap_intervals(REGRESSION_METRICS.values(), sample, n_resamples=50, seed=1)
    assert first == bootstrap_intervals(REGRESSION_METRICS.values(), sample, n_resamples=50, seed=1)
    assert first["mae"] != bootstrap_intervals([MAE], sample, n_resamples=50, seed=2)["mae"]


def test_an_interval_does_not_depend_on_which_other_metrics_are_asked_for():
    sample = draw(100, 0)
    alone = bootstrap_intervals([MAE], sample, n_resamples=50)["mae"]
    assert alone == bootstrap_intervals(REGRESSION_METRICS.values(), sample, n_resamples=50)["mae"]


def test_agrees_with_scipy():
    sample = draw(200, 3)
    ours = bootstrap_intervals([MAE], sample, n_resamples=4000)["mae"]
    theirs = stats.bootstrap(
        (abs(sample.residuals),), np.mean, n_resamples=4000, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    # The 2.5 % quantile of 4,000 draws has a standard error of some 4 % of the interval's half width.
    tolerance = 0.1 * (theirs.high - theirs.low)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=tolerance)


def test_ninety_percent_intervals_cover_the_truth_about_ninety_times_in_a_hundred():
    truth = np.sqrt(2 / np.pi)  # mean absolute value of a standard normal error
    covered = 0
    for seed in range(300):
        interval = bootstrap_intervals([MAE], draw(80, seed), n_resamples=200, confidence=0.9, seed=seed)["mae"]
        covered += interval.low <= truth <= interval.high
    # Binomial with 300 trials has a standard deviation of 1.7 points; the percentile interval is known to
    # cover a little too rarely in small samples.
    assert 0.84 <= covered / 300 <= 0.95


def test_more_confidence_and_fewer_rows_give_wider_intervals():
    def width(n_rows, confidence):
        interval = bootstrap_intervals([MAE], draw(n_rows, 5), n_resamples=300, confidence=confidence)["mae"]
        return interval.high - interval.low

    assert width(400, 0.5) < width(400, 0.95) < width(40, 0.95)


def test_resamples_in_which_a_metric_is_undefined_do_not_count():
    actual = np.array([0] * 29 + [1])  # about a third of the resamples lack the only positive row
    shares = np.column_stack([1 - np.linspace(0, 1, 30), np.linspace(0, 1, 30)])
    sample = build_classification_sample(actual, actual, shares, [0, 1])
    assert bootstrap_intervals([CLASSIFICATION_METRICS["roc_auc"]], sample)["roc_auc"] == Interval(1.0, 1.0)


def test_no_interval_where_most_resamples_have_no_value():
    actual = [0] * 28 + [1, 2]  # both rare classes are drawn in 0.63 x 0.63 of the resamples only
    sample = build_classification_sample(actual, actual, np.eye(3)[actual], [0, 1, 2])
    roc_auc = CLASSIFICATION_METRICS["roc_auc"]
    assert roc_auc.compute(sample) == 1.0
    assert bootstrap_intervals([roc_auc], sample)["roc_auc"] is None


@pytest.mark.parametrize(("n_rows", "n_resamples"), [(1, 100), (50, 0)])
def test_no_interval_without_rows_or_resamples_to_speak_of(n_rows, n_resamples):
    assert bootstrap_intervals([MAE], draw(n_rows, 0), n_resamples=n_resamples) == {"mae": None}


@pytest.mark.parametrize("settings", [{"n_resamples": -1}, {"confidence": 0.0}, {"confidence": 1.0}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match="expected n_resamples >= 0 and 0 < confidence < 1"):
        bootstrap_intervals([MAE], draw(5, 0), **settings)
