from __future__ import annotations

import pandas as pd
import pytest
from feature_engine.imputation import MeanMedianImputer

from regression_model.steps.adapted.imputers import ConstantNumberImputer, NumberImputer


@pytest.fixture
def frame():
    return pd.DataFrame({"area": [1.0, None, 5.0, 3.0], "zone": pd.Series(["a", None, "b", "a"], dtype=object)})


@pytest.mark.parametrize(
    ("imputer", "expected"),
    [
        (NumberImputer("median", variables=["area"]), 3.0),
        (NumberImputer("mean", variables=["area"]), 3.0),
        (ConstantNumberImputer(-1, variables=["area"]), -1.0),
    ],
)
def test_fills_numbers_and_leaves_the_dtype_of_text(imputer, expected, frame):
    answer = imputer.fit_transform(frame)
    assert answer["area"].tolist() == [1.0, expected, 5.0, 3.0]
    assert answer["zone"].dtype == object
    assert answer["zone"].tolist() == ["a", None, "b", "a"]


def test_the_library_s_own_still_changes_the_dtype_of_text(frame):
    # The reason for NumberImputer: once this fails, the class can go.
    assert MeanMedianImputer(variables=["area"]).fit_transform(frame)["zone"].dtype != object
