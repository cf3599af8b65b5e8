from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, roc_auc_score, root_mean_squared_error

from regression_model.evaluation.scoring import build_scorer


def test_a_regression_is_scored_by_rmse():
    score = build_scorer("regression").find_score([1.0, 2.0, 3.0], [1.0, 2.0, 5.0])
    assert score == pytest.approx(root_mean_squared_error([1.0, 2.0, 3.0], [1.0, 2.0, 5.0]))


def test_probabilities_are_scored_by_roc_auc():
    rng = np.random.default_rng(0)
    actual, positive = rng.choice(["no", "yes"], 50), rng.random(50)
    score = build_scorer("classification", ["no", "yes"]).find_score(actual, np.column_stack([1 - positive, positive]))
    assert score == pytest.approx(roc_auc_score(actual == "yes", positive))


def test_labels_are_scored_by_balanced_accuracy():
    actual, predicted = ["no", "no", "no", "yes"], ["no", "no", "yes", "yes"]
    scorer = build_scorer("classification", ["no", "yes"], probabilities=False)
    assert scorer.find_score(actual, predicted) == pytest.approx(balanced_accuracy_score(actual, predicted))


def test_an_undefined_score_is_none():
    assert build_scorer("classification", [0, 1]).find_score([0, 0], [[0.5, 0.5], [0.6, 0.4]]) is None
