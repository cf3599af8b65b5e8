from __future__ import annotations

import json
import time

import numpy as np
import pytest
from sklearn.metrics import r2_score, roc_auc_score

from regression_model.errors import ConfigError
from regression_model.evaluation import Evaluation, evaluate_predictions


def as_strict_json(evaluation):
    return json.dumps(evaluation.to_json(), allow_nan=False, sort_keys=True)


def test_regression_has_every_metric_inside_its_interval():
    rng = np.random.default_rng(0)
    actual = rng.lognormal(size=300)
    predicted = actual * rng.lognormal(0, 0.1, 300)

    evaluation = evaluate_predictions("regression", actual, predicted, n_bootstrap=200)

    assert evaluation.n_rows == 300
    assert evaluation.get("r2").value == pytest.approx(r2_score(actual, predicted))
    for metric in evaluation.metrics:
        assert metric.low < metric.value < metric.high, metric.name
        assert metric.reason is None
    assert evaluation.confusion_matrix is None


def test_classification_holds_classes_and_confusion_matrix():
    rng = np.random.default_rng(0)
    actual = np.where(rng.random(200) < 0.3, "yes", "no")
    score = np.clip(rng.normal(np.where(actual == "yes", 0.6, 0.4), 0.2), 0.01, 0.99)
    predicted = np.where(score > 0.5, "yes", "no")

    evaluation = evaluate_predictions(
        "classification",
        actual,
        predicted,
        np.column_stack([1 - score, score]),
        ["no", "yes"],
        n_bootstrap=20,
    )

    assert evaluation.classes == ("no", "yes")
    assert evaluation.get("roc_auc").value == pytest.approx(roc_auc_score(actual == "yes", score))
    assert sum(map(sum, evaluation.confusion_matrix)) == 200
    assert evaluation.confusion_matrix[1][1] == int(((actual == "yes") & (predicted == "yes")).sum())


def test_undefined_metrics_are_null_with_a_reason_and_never_nan():
    evaluation = evaluate_predictions("regression", [0.0, 0.0], [1.0, 1e300], n_bootstrap=10)
    document = json.loads(as_strict_json(evaluation))["metrics"]
    assert document["mape"] == {
        "value": None,
        "low": None,
        "high": None,
        "reason": "an actual value is 0, of which no error is a percentage",
    }  # fmt: skip
    assert document["rmse"]["value"] is None
    assert "too large" in document["rmse"]["reason"]
    assert document["mae"]["value"] == pytest.approx(5e299)


def test_a_single_class_leaves_roc_auc_undefined():
    evaluation = evaluate_predictions("classification", ["no"] * 5, ["no"] * 5, [[0.9, 0.1]] * 5, ["no", "yes"])
    assert evaluation.get("roc_auc").value is None
    assert evaluation.get("roc_auc").reason == "no row is of class 'yes'"
    assert evaluation.get("accuracy").value == 1.0
    as_strict_json(evaluation)


@pytest.mark.parametrize("classes", [["a", "b"], [0, 1], [False, True]])
def test_json_round_trip_keeps_everything_even_if_keys_are_sorted(classes):
    labels = np.array(classes * 10)
    shares = [[0.6, 0.4], [0.3, 0.7]] * 10
    evaluation = evaluate_predictions("classification", labels, labels, shares, classes, n_bootstrap=20)
    assert Evaluation.from_json(json.loads(as_strict_json(evaluation))) == evaluation


def test_asking_for_a_metric_that_was_not_computed_names_those_that_were():
    evaluation = evaluate_predictions("regression", [1.0, 2.0], [1.0, 2.0], n_bootstrap=0)
    with pytest.raises(KeyError, match="'accuracy' among .*'rmse'"):
        evaluation.get("accuracy")


def test_unknown_task_is_refused():
    with pytest.raises(ConfigError, match="found 'ranking'"):
        evaluate_predictions("ranking", [1], [1])


def test_a_thousand_resamples_of_four_thousand_rows_take_seconds():
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.ones(2), 4000)
    actual = rng.integers(0, 2, 4000)
    started = time.perf_counter()
    evaluate_predictions("classification", actual, shares.argmax(axis=1), shares, [0, 1])
    assert time.perf_counter() - started < 5.0  # some 0.3 s on an idle machine
