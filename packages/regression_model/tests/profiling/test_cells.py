from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.profiling.cells import read_cells


def cells_of(values, name="x"):
    return read_cells(name, pd.Series(values, dtype=object))


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        (["1", "2.5", "1e3", ""], "number"),
        (["1", "0", "1", "NA"], "boolean"),
        (["Yes", "no"], "boolean"),
        (["Y", "N", "Y"], "boolean"),
        (["1", "1", ""], "number"),
        (["Y", "Y"], "text"),
        (["yes", "YES", "no"], "text"),
        (["2024-05-31", "2024-06-01T12:00:00Z", "null"], "datetime"),
        (["20240531", "20240601"], "datetime"),
        (["20240531", "20241301"], "text"),
        (["31.05.2024", "01.06.2024"], "text"),
        (["1", "2", "?"], "text"),
        (["NA", "NA"], "text"),
        (["", ""], "text"),
        ([True, False, None], "boolean"),
        ([1, 2, None], "number"),
        ([1.5, float("nan")], "number"),
        (["1e400", "2"], "text"),
    ],
)
def test_the_narrowest_type_that_fits(values, holds):
    assert cells_of(values).holds == holds


def test_missing_markers_count_in_numbers_and_not_in_texts():
    assert cells_of(["1", "NA", "", "none"]).n_missing == 3
    assert cells_of(["a", "NA", "", "none"]).n_missing == 1


def test_distinct_numbers_are_counted_as_numbers():
    assert cells_of(["1", "1.0", "2"]).n_unique == 2
    assert cells_of(["a", "A", "a"]).n_unique == 2


def test_examples_are_ordered_by_frequency_and_then_by_text():
    assert cells_of(["b", "a", "c", "c", ""]).examples() == {"c": 0.4, "a": 0.2, "b": 0.2}


def test_native_types_of_parquet_and_json():
    dates = pd.Series(pd.to_datetime(["2024-05-31", None]))
    assert read_cells("d", dates).holds == "datetime"
    assert read_cells("d", dates).n_missing == 1
    assert read_cells("n", pd.Series([1, 2, 3])).holds == "number"
    assert read_cells("b", pd.Series([True, False])).holds == "boolean"


def test_the_column_is_not_changed():
    column = pd.Series(["1", "NA", ""], dtype=object)
    before = column.copy()
    read_cells("x", column)
    pd.testing.assert_series_equal(column, before)


def test_values_are_those_of_training():
    values = cells_of(["1", "", "2.5"]).values
    np.testing.assert_array_equal(values, [1.0, np.nan, 2.5])
