"""What CatBoost itself refuses, and its adapted models take."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.heavy


def test_a_target_of_one_value_is_learned():
    from regression_model.families.adapted.catboost_models import CatBoostRegressor

    rows = np.random.default_rng(0).normal(size=(60, 3))
    model = CatBoostRegressor(iterations=5).fit(rows, np.full(60, 7.0))
    np.testing.assert_allclose(model.predict(rows), 7.0)
