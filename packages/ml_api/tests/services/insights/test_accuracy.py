from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from ml_api.services.insights.accuracy import measure_accuracy
from ml_api.services.insights.log_database import open_log
from ml_api.services.insights.results import Accuracy, LiveMetric


def measure(log, artifact, **options) -> Accuracy:
    with open_log(log.folder, **options) as opened:
        return measure_accuracy(opened, artifact)


def test_without_feedback_there_is_none(log, made):
    log.predict([{}], [1.0])
    assert measure(log, made) == Accuracy(0, 0, ())


def test_errors_of_a_regression(log, made):
    batch = log.predict([{}] * 4, [10.0, 20.0, 30.0, None], errors={3: [(None, "x")]})
    for row, outcome in enumerate([11.0, 24.0, 0.0, 5.0]):
        log.tell(batch, outcome, row=row)
    found = measure(log, made)
    # The refused row has an outcome and no prediction.
    assert (found.n_outcomes, found.n_unmatched) == (4, 1)
    [version] = found.versions
    assert (version.version, version.digest, version.n_rows) == ("1.0.0", made.digest, 3)
    assert version.metrics == (
        LiveMetric("mae", 3, pytest.approx((1 + 4 + 30) / 3), 2.0),
        LiveMetric("rmse", 3, pytest.approx(math.sqrt((1 + 16 + 900) / 3)), None),
        # No error is a percentage of nothing.
        LiveMetric("mape", 2, pytest.approx((1 / 11 + 4 / 24) / 2), None),
    )


def test_accuracy_and_log_loss_of_a_classification(log, build_made):
    log.artifact = classifier = build_made("classification")
    batch = log.predict(
        [{}] * 4,
        ["no", "yes", "yes", "no"],
        probabilities=[[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [1.0, 0.0]],
        classes=["no", "yes"],
    )
    for row, outcome in enumerate(["no", "yes", "no", "perhaps"]):
        log.tell(batch, outcome, row=row)
    [version] = measure(log, classifier).versions
    assert version.metrics == (
        LiveMetric("accuracy", 4, 0.5, 0.9),
        # A label that the model does not know is wrong, and has no probability.
        LiveMetric("log_loss", 3, pytest.approx(-(math.log(0.9) + math.log(0.8) + math.log(0.4)) / 3), None),
    )


def test_a_probability_of_zero_has_a_finite_loss(log, build_made):
    log.artifact = classifier = build_made("classification")
    one = log.predict([{}], ["no"], probabilities=[[1.0, 0.0]], classes=["no", "yes"])
    log.tell(one, "yes")
    [version] = measure(log, classifier).versions
    assert version.metrics[1].value == pytest.approx(-math.log(2.220446049250313e-16))


@pytest.mark.parametrize("outcome", [1, 1.0, "1"])
def test_a_label_of_digits_may_be_told_as_a_number(log, build_made, outcome):
    log.artifact = classifier = build_made("classification")
    log.tell(log.predict([{}], ["1"], probabilities=[[0.2, 0.8]], classes=["0", "1"]), outcome)
    [version] = measure(log, classifier).versions
    assert version.metrics[0].value == 1.0


def test_the_last_outcome_counts(log, made):
    one = log.predict([{}], [10.0])
    log.tell(one, 15.0, after_s=5)
    log.tell(one, 99.0, after_s=1)
    found = measure(log, made)
    assert found.n_outcomes == 1
    assert found.versions[0].metrics[0].value == 5.0


def test_rows_of_a_stream_are_numbered_through(log, made):
    for chunk in range(3):
        log.predict([{}] * 2, [10.0 * chunk, 10.0 * chunk + 1], prediction_id="stream", first_row=2 * chunk)
    log.tell("stream", 100.0, row=3)
    found = measure(log, made)
    assert found.versions[0].metrics[0].value == 100.0 - 11.0


def test_outcomes_of_unknown_predictions_are_counted_as_such(log, made):
    log.tell(log.predict([{}], [10.0]), 10.0)
    log.tell("gone", 10.0)
    log.tell("id1", 10.0, row=7)
    found = measure(log, made)
    assert (found.n_outcomes, found.n_unmatched, found.versions[0].n_rows) == (3, 2, 1)


def test_models_are_told_apart_and_only_the_loaded_one_has_a_holdout(log, made):
    for digest in (made.digest, "other", "other"):
        log.tell(log.predict([{}], [10.0], artifact_digest=digest), 12.0)
    first, second = measure(log, made).versions
    assert (first.digest, first.n_rows, first.metrics[0].holdout) == ("other", 2, None)
    assert (second.digest, second.n_rows, second.metrics[0].holdout) == (made.digest, 1, 2.0)


def test_outcomes_that_are_no_number_are_left_out_of_a_regression(log, made):
    batch = log.predict([{}] * 2, [10.0, 10.0])
    log.tell(batch, "dear", row=0)
    log.tell(batch, 11.0, row=1)
    assert measure(log, made).versions[0].n_rows == 1


def test_feedback_may_be_newer_than_its_predictions_part(log, made):
    log.tell(log.predict([{}], [10.0]), 12.0)
    found = measure(log, made, since=datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert (found.n_outcomes, found.n_unmatched) == (1, 1)
