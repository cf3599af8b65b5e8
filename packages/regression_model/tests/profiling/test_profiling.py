from __future__ import annotations

import pandas as pd
import pytest

from regression_model.errors import DataError
from regression_model.processing.datasets import read_table
from regression_model.profiling import profile_table


@pytest.fixture
def frame():
    values = [f"{n * 7 % 31}.5" for n in range(60)]
    return pd.DataFrame({"width": values, "price": [f"{n * 11 % 59}.25" for n in range(60)]}, dtype=object)


def test_an_unknown_target_is_answered_with_what_was_meant(frame):
    with pytest.raises(DataError, match=r"no column 'prize' \(did you mean 'price'\?\); it has: width, price"):
        profile_table(frame, "prize")


def test_the_target_alone_can_predict_nothing(frame):
    with pytest.raises(DataError, match="no column is left to predict 'price' from: the table has no other"):
        profile_table(frame[["price"]], "price")
    with pytest.raises(DataError, match="from: 'same': constant, every row holds '1'"):
        profile_table(frame[["price"]].assign(same="1"), "price")


def test_the_table_is_not_changed(frame):
    before = frame.copy()
    profile_table(frame, "price")
    pd.testing.assert_frame_equal(frame, before)


def test_the_order_of_rows_changes_no_role(frame):
    frame = frame.assign(town=["a", "b", "c"] * 20, code=["3", "17", "90", "41", "5"] * 12)
    shuffled = frame.sample(frac=1, random_state=0).reset_index(drop=True)
    roles = [(column.name, column.role) for column in profile_table(frame, "price").columns]
    assert [(column.name, column.role) for column in profile_table(shuffled, "price").columns] == roles


def test_house_prices(real_data):
    profile = profile_table(read_table(real_data("house_prices.csv")), "SalePrice")
    kinds = {column.name: column.looks_like for column in profile.columns}
    assert (profile.target.task, profile.target.transform) == ("regression", "log")
    assert [column.name for column in profile.left_out()] == ["Id", "Utilities"]
    assert kinds["MSSubClass"] == "code"
    assert kinds["CentralAir"] == "boolean"
    assert kinds["LotFrontage"] == kinds["1stFlrSF"] == "number"
    assert kinds["OverallQual"] == kinds["PoolArea"] == "integer"
    assert kinds["PoolQC"] == kinds["MasVnrType"] == "category"
    assert profile.year_reference == "YrSold"


def test_a_code_is_found_without_its_name(real_data):
    frame = read_table(real_data("house_prices.csv")).rename(columns={"MSSubClass": "x"})
    kinds = {column.name: column.looks_like for column in profile_table(frame, "SalePrice").columns}
    assert kinds["x"] == "code"


def test_california_housing(real_data):
    profile = profile_table(read_table(real_data("california_housing.csv")), "median_house_value")
    assert (profile.target.task, profile.target.transform) == ("regression", "none")
    assert profile.left_out() == []
    assert [column.name for column in profile.features("category")] == ["ocean_proximity"]
    assert profile.strongest == "median_income"


def test_bank_marketing(real_data):
    profile = profile_table(read_table(real_data("bank_marketing.csv")), "y")
    assert (profile.target.task, profile.target.positive_class) == ("classification", "yes")
    assert profile.left_out() == []
    # Each step of the euribor's term and the employment rate is a number, however few values it takes.
    assert len(profile.features("category")) == 10
    assert profile.strongest == "duration"
