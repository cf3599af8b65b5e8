from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.transformers.columns import (
    check_column_list,
    check_columns_exist,
    read_categories,
    read_numbers,
)

FRAME = pd.DataFrame({"YearBuilt": [1.0, np.nan], "zone": pd.Series(["RL", None], dtype=object)})


def test_missing_columns_are_named_with_the_nearest_that_exist():
    with pytest.raises(
        ValueError, match=r"who: missing columns \['YearBuild', 'q'\] \('YearBuild': did you mean 'YearB"
    ):
        check_columns_exist(FRAME.columns, ["YearBuild", "zone", "q"], "who")
    check_columns_exist(FRAME.columns, ["zone"], "who")


@pytest.mark.parametrize("columns", [[], "zone", None, [1], ["zone", "zone"]])
def test_not_a_list_of_columns(columns):
    with pytest.raises(ValueError, match="who: expected"):
        check_column_list(FRAME, columns, "who")


@pytest.mark.parametrize("columns", [["zone"], ("zone", "YearBuilt")])
def test_a_list_of_columns(columns):
    check_column_list(FRAME, columns, "who")


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        ([1, 0], "int8"),
        ([True, False], "bool"),
        ([1, None], "Int64"),
        ([1.5, None], "object"),
        ([None], "object"),
    ],
)
def test_numbers_of_any_dtype_become_float64(cells, dtype):
    values = read_numbers(pd.DataFrame({"a": pd.Series(cells, dtype=dtype)}), "a", "who")
    assert values.dtype == np.float64
    np.testing.assert_array_equal(values, [np.nan if cell is None else float(cell) for cell in cells])


@pytest.mark.parametrize("cells", [["1"], [1, "a"], [pd.Timestamp("2020-01-01")], [{}]])
def test_anything_else_is_no_number(cells):
    with pytest.raises(ValueError, match="who: column 'a' must hold numbers, but its dtype is"):
        read_numbers(pd.DataFrame({"a": cells}), "a", "who")


def test_dtype_of_categories_does_not_depend_on_the_batch():
    assert read_categories(FRAME, "zone", "who", numeric=False).dtype == object
    assert read_categories(pd.DataFrame({"zone": [np.nan]}), "zone", "who", numeric=False).dtype == object
    nothing = pd.DataFrame({"zone": pd.Series([None], dtype=object)})
    assert read_categories(nothing, "zone", "who", numeric=True).dtype == "float64"
