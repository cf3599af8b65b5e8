from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from regression_model.errors import ExplanationError
from regression_model.explain.nodes import read_boosting


def test_splits_by_categories_are_refused():
    codes = np.repeat([[0.0], [1.0], [2.0]], 30, axis=0)
    with threadpool_limits(1):
        model = HistGradientBoostingRegressor(max_iter=2, categorical_features=[0]).fit(codes, codes[:, 0] % 2)
    with pytest.raises(ExplanationError, match="splits by categories"):
        list(read_boosting(model, 0))
