from __future__ import annotations

import pandas as pd
import pytest

from regression_model.steps.adapted.combination import Combination


@pytest.fixture
def houses():
    return pd.DataFrame({"a": [6.0, 1.0, None, 0.0], "b": [3.0, 0.0, 2.0, 0.0], "c": [1.0, 1.0, 1.0, 1.0]})


@pytest.mark.parametrize(
    ("variables", "operation", "expected"),
    [
        (["a", "b", "c"], "sum", [10.0, 2.0, None, 1.0]),
        (["a", "b", "c"], "product", [18.0, 0.0, None, 0.0]),
        (["a", "b"], "difference", [3.0, 1.0, None, 0.0]),
        (["b", "a"], "difference", [-3.0, -1.0, None, 0.0]),
        (["a", "b"], "ratio", [2.0, None, None, None]),
    ],
)
def test_arithmetic(houses, variables, operation, expected):
    answer = Combination(variables, operation, into="x").fit_transform(houses)
    assert answer.columns.tolist() == ["a", "b", "c", "x"]
    pd.testing.assert_series_equal(answer["x"], pd.Series(expected, dtype="float64", name="x"))


def test_the_name_has_to_be_free(houses):
    with pytest.raises(ValueError, match=r"Combination.into: there is a column 'c' already"):
        Combination(["a", "b"], "sum", into="c").fit(houses)


def test_missing_columns_are_named(houses):
    with pytest.raises(ValueError, match=r"Combination.variables: missing columns \['z'\]"):
        Combination(["a", "z"], "sum", into="x").fit(houses)
