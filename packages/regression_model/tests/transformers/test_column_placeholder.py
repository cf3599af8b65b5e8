from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.pipeline import make_pipeline

from regression_model.transformers import Binarise, ColumnPlaceholder


@pytest.fixture
def train():
    return pd.DataFrame(
        {
            "pool": [0.0, 512.0],
            "area": [9000.0, 11000.0],
            "zone": pd.Series(["RL", None], dtype=object),
            "since": pd.to_datetime(["2001-02-03", None]).astype("datetime64[ns]"),
        }
    )


def test_absent_columns_are_added_in_their_place_with_their_dtype(train):
    placeholder = ColumnPlaceholder({"zone": "RL", "pool": 0, "since": None}).fit(train)
    answer = placeholder.transform(train[["area"]])
    assert list(answer.columns) == list(train.columns)
    assert_frame_equal(answer.dtypes.to_frame(), train.dtypes.to_frame())
    assert answer["zone"].tolist() == ["RL", "RL"]
    assert answer["pool"].tolist() == [0.0, 0.0]
    assert answer["since"].isna().all()


def test_columns_that_are_there_stay(train):
    placeholder = ColumnPlaceholder({"zone": "RM", "pool": 1.0}).fit(train)
    assert_frame_equal(placeholder.transform(train), train)
    assert placeholder.transform(train.drop(columns="zone"))["pool"].tolist() == [0.0, 512.0]


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1, "float64"),
        (True, "float64"),
        (np.nan, "float64"),
        ("x", "object"),
        (None, "object"),
        (datetime.date(2020, 1, 2), "datetime64[ns]"),
        (pd.Timestamp("2020-01-02 03:04"), "datetime64[ns]"),
        (np.datetime64("2020-01-02"), "datetime64[ns]"),
        (pd.NaT, "datetime64[ns]"),
    ],
)
def test_columns_that_training_lacked_too_come_last(train, value, dtype):
    placeholder = ColumnPlaceholder({"new": value}).fit(train)
    answer = placeholder.transform(train)
    assert list(answer.columns) == [*train.columns, "new"]
    assert str(answer["new"].dtype) == dtype
    assert list(placeholder.get_feature_names_out()) == list(answer.columns)
    assert_frame_equal(placeholder.transform(train.assign(new=answer["new"])), answer)


def test_value_that_does_not_fit_the_column(train):
    with pytest.raises(ValueError, match=r"values\['pool'\]: 'none' does not fit the column's dtype float64"):
        ColumnPlaceholder({"pool": "none"}).fit(train)


def test_any_other_missing_column_is_an_error_of_the_step_that_needs_it(train):
    pipeline = make_pipeline(ColumnPlaceholder({"pool": 0.0}), Binarise(["area", "pool"])).fit(train)
    assert pipeline.transform(train.drop(columns="pool"))["pool"].tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match=r"ColumnPlaceholder.transform: missing columns \['zone'\]"):
        pipeline.transform(train.drop(columns=["pool", "zone"]))
