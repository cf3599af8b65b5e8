from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from feature_engine.transformation import YeoJohnsonTransformer
from pandas.testing import assert_frame_equal

from regression_model.steps.adapted.powers import YeoJohnson


def test_it_is_feature_engines_where_the_results_differ():
    frame = pd.DataFrame({"a": np.random.default_rng(0).lognormal(3, 1, 200)})
    expected = YeoJohnsonTransformer(variables=["a"]).fit(frame)
    found = YeoJohnson(variables=["a"]).fit(frame)
    assert found.lambda_dict_ == expected.lambda_dict_
    assert_frame_equal(found.transform(frame), expected.transform(frame))


@pytest.mark.parametrize("values", [[2006.0, 2007.0, 2008.0, 2008.0], [5.0] * 4, [1e9 + 1, 1e9 + 2, 1e9, 1e9]])
def test_columns_that_hardly_differ_stay(values):
    frame = pd.DataFrame({"a": values})
    np.testing.assert_allclose(YeoJohnson(variables=["a"]).fit_transform(frame)["a"], frame["a"])
