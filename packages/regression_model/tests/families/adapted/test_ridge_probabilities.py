from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from regression_model.families.adapted.ridge_probabilities import RidgeProbabilities, _fit_ridge


def build_rows(n_rows=60, n_columns=100, n_classes=2):
    generator = np.random.default_rng(2)
    labels = np.arange(n_rows) % n_classes
    columns = generator.normal(size=(n_rows, n_columns))
    columns[:, :n_classes] += 2 * np.eye(n_classes)[labels]
    return columns, np.array(["a", "b", "c"])[labels]


@pytest.mark.parametrize("weights", [np.ones(20), np.linspace(0.5, 1.5, 20)])
@pytest.mark.parametrize("n_columns", [5, 50])
def test_left_out_predictions_are_those_of_models_without_the_row(weights, n_columns):
    columns, labels = build_rows(20, n_columns)
    target = np.where(labels == "a", 1.0, -1.0)
    alpha, coefficients, left_out = _fit_ridge(columns, target[:, np.newaxis], weights, [3.0])
    assert alpha == 3.0
    whole = Ridge(alpha=3.0).fit(columns, target, sample_weight=weights)
    np.testing.assert_allclose(coefficients[:, 0], [whole.intercept_, *whole.coef_], rtol=1e-8, atol=1e-10)
    for row in range(20):
        rest = np.arange(20) != row
        without = Ridge(alpha=3.0).fit(columns[rest], target[rest], sample_weight=weights[rest])
        assert left_out[row, 0] == pytest.approx(without.predict(columns[[row]])[0], rel=1e-8)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_probabilities_of_new_rows_are_about_right(n_classes):
    columns, labels = build_rows(400, 300, n_classes)
    model = RidgeProbabilities(alphas=(1.0, 100.0, 10_000.0)).fit(columns[:200], labels[:200])
    probabilities = model.predict_proba(columns[200:])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    is_right = model.predict(columns[200:]) == labels[200:]
    # What it is sure of, and how often it is right: a model that fits its rows perfectly would say 1.
    assert probabilities.max(axis=1).mean() == pytest.approx(is_right.mean(), abs=0.08)
    assert model.coef_.shape == ((1 if n_classes == 2 else 3), 300)


def test_constant_columns_have_no_say():
    columns, labels = build_rows()
    columns[:, 7] = 5.0
    model = RidgeProbabilities().fit(columns, labels)
    assert model.coef_[0, 7] == 0.0
    assert np.isfinite(model.intercept_).all()


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="expected two classes or more, got one: 'a'"):
        RidgeProbabilities().fit(np.ones((3, 2)), ["a"] * 3)
