from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as reference

from regression_model.evaluation.metrics import UndefinedMetricError, build_classification_sample, get_metric
from regression_model.evaluation.metrics.further_classification import FURTHER_CLASSIFICATION_METRICS

# The same sums in another order: equal to within the rounding of some thousand additions.
ROUNDING = 1e-11


def one_hot(actual, shares):
    return np.eye(shares.shape[1])[actual]


def references(average):
    options = {"average": average, "zero_division": 0}
    return {
        f"AUC_{average}": lambda a, _, s: reference.roc_auc_score(one_hot(a, s), s, average=average),
        f"average_precision_score_{average}": lambda a, _, s: reference.average_precision_score(
            one_hot(a, s), s, average=average
        ),
        f"f1_score_{average}": lambda a, p, _: reference.f1_score(a, p, **options),
        f"precision_score_{average}": lambda a, p, _: reference.precision_score(a, p, **options),
        f"recall_score_{average}": lambda a, p, _: reference.recall_score(a, p, **options),
    }


REFERENCES = {
    **references("macro"),
    **references("weighted"),
    "norm_macro_recall": lambda a, p, _: reference.balanced_accuracy_score(a, p, adjusted=True),
    "weighted_accuracy": lambda a, p, _: reference.accuracy_score(a, p, sample_weight=np.bincount(a)[a]),
}


def draw(n_classes, n_rows=300):
    rng = np.random.default_rng(n_classes)
    actual = rng.choice(n_classes, n_rows, p=np.arange(n_classes, 0, -1) / sum(range(n_classes + 1)))
    leaning = rng.dirichlet(np.ones(n_classes), n_rows)
    leaning[np.arange(n_rows), actual] += 0.3
    shares = rng.multinomial(32, leaning / leaning.sum(axis=1, keepdims=True)) / 32  # steps of 1/32: many ties
    return actual, shares.argmax(axis=1), shares


def test_every_metric_has_a_reference():
    assert set(REFERENCES) == set(FURTHER_CLASSIFICATION_METRICS)


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize("n_classes", [2, 4])
def test_equals_the_reference(name, n_classes):
    actual, predicted, shares = draw(n_classes)
    rows = np.random.default_rng(4).integers(0, len(actual), len(actual))
    sample = build_classification_sample(actual, predicted, shares, range(n_classes))

    for taken, part in ((sample, slice(None)), (sample.take(rows), rows)):
        expected = REFERENCES[name](actual[part], predicted[part], shares[part])
        assert get_metric("classification", name).compute(taken) == pytest.approx(expected, rel=ROUNDING)


def test_both_of_two_classes_count():
    """The listed F1 is that of the positive class; its macro average sees the other, too."""
    sample = build_classification_sample([0, 0, 0, 1], [0, 0, 1, 1])

    assert get_metric("classification", "f1").compute(sample) == pytest.approx(2 / 3)
    assert get_metric("classification", "f1_macro").compute(sample) == pytest.approx((2 / 3 + 4 / 5) / 2)


@pytest.mark.parametrize("name", ["AUC_weighted", "average_precision_score_weighted"])
def test_without_probabilities_or_a_class_it_is_undefined(name):
    metric = get_metric("classification", name)
    with pytest.raises(UndefinedMetricError, match="no probabilities"):
        metric.compute(build_classification_sample([0, 1], [0, 1]))
    with pytest.raises(UndefinedMetricError, match="no row is of class 1"):
        metric.compute(build_classification_sample([0, 0], [0, 0], [[0.9, 0.1], [0.8, 0.2]], [0, 1]))
    with pytest.raises(UndefinedMetricError, match="only one class"):
        get_metric("classification", "norm_macro_recall").compute(build_classification_sample([0, 0], [0, 1]))
