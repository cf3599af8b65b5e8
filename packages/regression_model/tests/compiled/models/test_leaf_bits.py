from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor, RandomForestRegressor
from threadpoolctl import threadpool_limits

from regression_model.compiled.models import link_model
from regression_model.compiled.models.leaf_bits import LeafBits
from regression_model.compiled.models.tree_walk import TreeWalk

N_COLUMNS = 4


def fit(make, **settings):
    generator = np.random.default_rng(5)
    rows = generator.normal(size=(900, N_COLUMNS)).round(2)
    rows[generator.random(rows.shape) < 0.1] = np.nan
    target = np.nansum(rows**2, axis=1) + generator.normal(size=900)
    with threadpool_limits(1):
        return make(random_state=0, **settings).fit(rows, target)


@pytest.mark.parametrize(
    ("make", "settings", "n_leaves"),
    [
        (HistGradientBoostingRegressor, {"max_iter": 20, "min_samples_leaf": 3, "max_leaf_nodes": 64}, 64),
        (HistGradientBoostingRegressor, {"max_iter": 20, "min_samples_leaf": 20}, 31),
        (HistGradientBoostingRegressor, {"max_iter": 2, "min_samples_leaf": 800}, 1),
        (RandomForestRegressor, {"n_estimators": 20, "max_leaf_nodes": 64}, 64),
        (ExtraTreesRegressor, {"n_estimators": 20, "max_leaf_nodes": 40}, 40),
    ],
)
def test_finds_the_leaves_that_a_walk_down_comes_to(make, settings, n_leaves, lower):
    model = link_model(lower(fit(make, **settings), N_COLUMNS))
    assert (int(np.diff(model.trees.starts).max()) + 1) / 2 == n_leaves
    assert LeafBits.suits(model.trees)
    bits, walk = LeafBits(model.trees, N_COLUMNS), TreeWalk(model.trees, N_COLUMNS)
    generator = np.random.default_rng(1)
    rows = generator.normal(size=(300, N_COLUMNS)) * 2
    rows[generator.random(rows.shape) < 0.2] = np.nan
    rows[generator.random(rows.shape) < 0.1] = np.inf
    rows[generator.random(rows.shape) < 0.1] = -np.inf
    found = np.array([bits.find_leaves(row.astype(model.trees.thresholds.dtype)) for row in rows])
    right = np.array([walk.find_leaves(row.astype(model.trees.thresholds.dtype)) for row in rows])
    np.testing.assert_array_equal(found, right)
    if n_leaves > 1:
        assert (np.ptp(right, axis=0) > 0).all(), "rows differ"


def test_trees_of_more_leaves_are_walked_down(lower):
    model = fit(HistGradientBoostingRegressor, max_iter=3, max_leaf_nodes=65, min_samples_leaf=3)
    compiled = link_model(lower(model, N_COLUMNS))
    assert not LeafBits.suits(compiled.trees)
    row = [0.3, np.nan, -1.2, 0.7]
    assert compiled.predict_row(row) == pytest.approx(model.predict([row]), rel=1e-12)
