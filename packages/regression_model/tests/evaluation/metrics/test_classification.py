from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn import metrics as reference

from regression_model.evaluation.metrics import (
    CLASSIFICATION_METRICS,
    UndefinedMetricError,
    build_classification_sample,
)

# The same sums in another order: equal to within the rounding of some thousand additions.
ROUNDING = 1e-11


def average_of(function, average):
    return lambda actual, predicted, _: function(actual, predicted, average=average, pos_label=1, zero_division=0)


def references(average):
    scores = (lambda shares: shares[:, 1]) if average == "binary" else (lambda shares: shares)
    options = {} if average == "binary" else {"multi_class": "ovr", "average": "macro"}
    return {
        "accuracy": lambda a, p, _: reference.accuracy_score(a, p),
        "balanced_accuracy": lambda a, p, _: reference.balanced_accuracy_score(a, p),
        "precision": average_of(reference.precision_score, average),
        "recall": average_of(reference.recall_score, average),
        "f1": average_of(reference.f1_score, average),
        "mcc": lambda a, p, _: reference.matthews_corrcoef(a, p),
        "log_loss": lambda a, _, s: reference.log_loss(a, s),
        "roc_auc": lambda a, _, s: reference.roc_auc_score(a, scores(s), **options),
        "average_precision": lambda a, _, s: reference.average_precision_score(a, scores(s)),
    }


def draw(n_classes, n_rows, seed):
    rng = np.random.default_rng(seed)
    actual = rng.choice(n_classes, n_rows, p=np.arange(1, n_classes + 1)[::-1] / sum(range(n_classes + 1)))
    leaning = rng.dirichlet(np.ones(n_classes), n_rows)
    leaning[np.arange(n_rows), actual] += 0.3
    shares = rng.multinomial(50, leaning / leaning.sum(axis=1, keepdims=True)) / 50  # steps of 0.02: many ties
    return actual, shares.argmax(axis=1), shares


def test_every_metric_has_a_reference():
    assert set(references("binary")) == set(CLASSIFICATION_METRICS)


@pytest.mark.parametrize("name", CLASSIFICATION_METRICS)
@pytest.mark.parametrize("n_classes", [2, 3, 5])
@pytest.mark.parametrize("seed", range(3))
def test_equals_the_reference(name, n_classes, seed):
    actual, predicted, shares = draw(n_classes, 400, seed)
    expected = references("binary" if n_classes == 2 else "macro")[name](actual, predicted, shares)

    sample = build_classification_sample(actual, predicted, shares, range(n_classes))

    assert CLASSIFICATION_METRICS[name].compute(sample) == pytest.approx(expected, rel=ROUNDING)


@pytest.mark.parametrize("name", CLASSIFICATION_METRICS)
@pytest.mark.parametrize("n_classes", [2, 4])
def test_a_resample_equals_the_reference_on_its_rows(name, n_classes):
    actual, predicted, shares = draw(n_classes, 120, 3)
    rows = np.random.default_rng(4).integers(0, 120, 120)
    expected = references("binary" if n_classes == 2 else "macro")[name](actual[rows], predicted[rows], shares[rows])

    sample = build_classification_sample(actual, predicted, shares, range(n_classes)).take(rows)

    assert CLASSIFICATION_METRICS[name].compute(sample) == pytest.approx(expected, rel=ROUNDING)


@pytest.mark.parametrize("name", ["balanced_accuracy", "precision", "recall", "f1"])
def test_a_class_that_is_predicted_but_never_occurs_is_treated_as_in_the_reference(name):
    actual, predicted = np.array([0, 0, 1, 1, 1]), np.array([0, 2, 1, 1, 0])
    with warnings.catch_warnings():  # the reference warns of the very case that is tested
        warnings.simplefilter("ignore")
        expected = references("macro")[name](actual, predicted, None)

    sample = build_classification_sample(actual, predicted, classes=[0, 1, 2, 3])

    assert CLASSIFICATION_METRICS[name].compute(sample) == pytest.approx(expected)


def test_the_second_class_is_the_positive_one():
    actual, predicted = ["yes", "yes", "no", "no", "no"], ["yes", "no", "yes", "yes", "no"]
    positive_yes = build_classification_sample(actual, predicted, classes=["no", "yes"])
    positive_no = build_classification_sample(actual, predicted, classes=["yes", "no"])
    assert CLASSIFICATION_METRICS["precision"].compute(positive_yes) == pytest.approx(1 / 3)
    assert CLASSIFICATION_METRICS["precision"].compute(positive_no) == pytest.approx(1 / 2)


def test_a_certain_mistake_costs_a_finite_log_loss():
    sample = build_classification_sample([1], [0], [[1.0, 0.0]], [0, 1])
    assert CLASSIFICATION_METRICS["log_loss"].compute(sample) == pytest.approx(-np.log(np.finfo(float).eps))


def test_no_predicted_positive_is_a_precision_of_zero():
    sample = build_classification_sample([0, 1], [0, 0], classes=[0, 1])
    assert CLASSIFICATION_METRICS["precision"].compute(sample) == 0.0
    assert CLASSIFICATION_METRICS["mcc"].compute(sample) == 0.0


@pytest.mark.parametrize(
    ("name", "actual", "reason"),
    [
        ("roc_auc", [0, 0], "no row is of class 1"),
        ("roc_auc", [1, 1], "no row is of class 0"),
        ("average_precision", [0, 0], "no row is of class 1"),
        ("recall", [0, 0], "no row is of the positive class 1"),
        ("f1", [0, 0], "positive class 1"),
    ],
)
def test_one_class_only_is_undefined_with_a_reason(name, actual, reason):
    sample = build_classification_sample(actual, [0, 0], [[0.6, 0.4], [0.7, 0.3]], [0, 1])
    with pytest.raises(UndefinedMetricError, match=reason):
        CLASSIFICATION_METRICS[name].compute(sample)


def test_average_precision_of_positives_only_is_one():
    sample = build_classification_sample([1, 1], [1, 1], [[0.6, 0.4], [0.7, 0.3]], [0, 1])
    assert CLASSIFICATION_METRICS["average_precision"].compute(sample) == 1.0


@pytest.mark.parametrize("name", ["roc_auc", "average_precision", "log_loss"])
def test_without_probabilities_what_needs_them_is_undefined(name):
    assert CLASSIFICATION_METRICS[name].needs == "probabilities"
    with pytest.raises(UndefinedMetricError, match="no probabilities"):
        CLASSIFICATION_METRICS[name].compute(build_classification_sample([0, 1], [0, 1]))
