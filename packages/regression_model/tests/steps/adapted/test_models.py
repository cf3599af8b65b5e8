from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import TransformedTargetRegressor

from regression_model.build_context import BuildContext
from regression_model.steps.adapted import models
from regression_model.steps.registry import step_kinds


def wrap(regressor):
    return TransformedTargetRegressor(regressor, func=np.log, inverse_func=np.exp)


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (BuildContext(task="regression"), "coef_"),
        (BuildContext(task="regression", wrap_target=wrap), "regressor_.coef_"),
        (BuildContext(task="classification"), "coef_"),
    ],
)
def test_importance_is_found_inside_a_transformed_target(context, expected):
    assert models.find_importance(models.build_linear(context), "coef_") == expected
    sparse = models.build_sparse_linear(context, alpha=0.1, C=1.0)
    assert models.find_importance(sparse, "coef_") == expected


def test_selection_learns_the_target_as_the_model_does():
    # The logarithm of the target depends on `low` alone, the target itself nearly on `high` alone.
    generator = np.random.default_rng(0)
    low = generator.normal(size=300)
    target = pd.Series(np.exp(3 * low))
    frame = pd.DataFrame({"low": low, "high": target / target.std()})
    step = step_kinds()["select_recursive"].model_validate({"n_features": 1})
    kept = {
        name: list(step.build(["low", "high"], context).fit_transform(frame, target))
        for name, context in {
            "plain": BuildContext(task="regression"),
            "log": BuildContext(task="regression", wrap_target=wrap),
        }.items()
    }
    assert kept == {"plain": ["high"], "log": ["low"]}


def test_forest_is_seeded_and_single_threaded():
    for task in ("regression", "classification"):
        forest = models.build_forest(BuildContext(task=task, seed=5), n_estimators=3)
        assert (forest.random_state, forest.n_jobs, forest.n_estimators) == (5, 1, 3)
