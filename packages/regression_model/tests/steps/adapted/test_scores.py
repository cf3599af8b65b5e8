from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_selection import f_classif

from regression_model.build_context import BuildContext
from regression_model.steps.adapted.scores import find_score, score_by_classes

X = np.column_stack([np.arange(12.0), np.ones(12), np.tile([0.0, 1.0], 6)])
CLASSES = np.repeat(["a", "b"], 6)


def test_scores_of_classes_are_scikit_learn_s_and_nan_for_a_constant():
    statistics, p_values = score_by_classes(X, CLASSES)
    expected = f_classif(X[:, [0, 2]], CLASSES)
    np.testing.assert_allclose(statistics[[0, 2]], expected[0])
    np.testing.assert_allclose(p_values[[0, 2]], expected[1])
    assert np.isnan(statistics[1])


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_mutual_information_is_seeded(task):
    target = CLASSES if task == "classification" else X[:, 0] ** 2
    score = find_score("mutual_information", BuildContext(task=task, seed=1))
    np.testing.assert_array_equal(score(X, target), score(X, target))
    assert score.keywords == {"random_state": 1}
