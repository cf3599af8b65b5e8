from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from regression_model.errors import InputDataError
from regression_model.predict.frames import list_columns, list_records
from regression_model.schema import Feature, Schema

SCHEMA = Schema(
    (
        Feature("1", "number", nullable=True),
        Feature("zone", "category", nullable=True),
        Feature("air", "boolean", nullable=True),
        Feature("sold", "datetime", nullable=True),
    )
)
FRAME = pd.DataFrame(
    {
        1: [5, 6],
        "zone": [20.0, np.nan],
        "air": [True, False],
        "sold": pd.to_datetime(["2024-05-31", None]),
        "x": [1, 2],
    },
    index=[7, 7],
)


def test_numbers_stay_an_array_and_the_rest_are_values():
    columns = list_columns(FRAME, SCHEMA)

    assert list(columns) == ["1", "zone", "air", "sold", "x"]
    assert columns["1"].dtype == np.float64
    assert columns["1"].tolist() == [5.0, 6.0]
    assert columns["zone"][0] == 20.0, "a category is text: which one, is not decided here"
    assert columns["air"] == [True, False]
    assert columns["sold"][0] == datetime(2024, 5, 31)
    assert columns["x"] == (), "nobody reads it"


def test_a_column_of_truths_is_no_column_of_numbers():
    assert list_columns(pd.DataFrame({"1": [True]}), SCHEMA)["1"] == [True]


def test_records_have_names_and_python_values():
    first, _ = list_records(FRAME)

    assert list(first) == ["1", "zone", "air", "sold", "x"]
    assert (first["1"], first["air"], type(first["1"])) == (5, True, int)


@pytest.mark.parametrize("take", [list_records, lambda frame: list_columns(frame, SCHEMA)])
def test_what_is_no_rows_is_refused(take):
    with pytest.raises(InputDataError, match="no rows"):
        take(FRAME.head(0))
    with pytest.raises(InputDataError, match="more than once: 1"):
        take(pd.DataFrame([[1, 2]], columns=[1, "1"]))
