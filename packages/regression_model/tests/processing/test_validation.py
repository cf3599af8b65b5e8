from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regression_model.errors import InputDataError
from regression_model.processing.validation import validate_inputs
from regression_model.schema import Feature, Schema

SCHEMA = Schema(
    (
        Feature("LotArea", "number", nullable=False, exclusive_minimum=0.0),
        Feature("LotFrontage", "number", nullable=True),
        Feature("GarageCars", "integer", nullable=True),
        Feature("MSZoning", "category", nullable=False, categories={"RL": 0.8, "RM": 0.2}, on_unseen="reject"),
        Feature("Street", "category", nullable=True, categories={"Pave": 1.0}),
        Feature("CentralAir", "boolean", nullable=True),
        Feature("Sold", "datetime", nullable=True),
    ),
    missing_values=("?",),
    ignored=("SalePrice", "1stFlrSF"),
)
GOOD = {
    "LotArea": 8450, "LotFrontage": 65.0, "GarageCars": 2, "MSZoning": "RL", "Street": "Pave",
    "CentralAir": True, "Sold": "2008-02-01",
}  # fmt: skip


def reasons(**changes):
    found = validate_inputs(input_data=GOOD | changes, schema=SCHEMA).errors
    return {(error.field, error.reason) for error in found.get(0, ())}


def test_a_good_row_becomes_model_ready():
    inputs = validate_inputs(input_data=GOOD, schema=SCHEMA)

    assert inputs.errors == {}
    assert inputs.frame.columns.tolist() == SCHEMA.names
    assert inputs.frame.dtypes.map(str).to_dict() == {
        "LotArea": "float64", "LotFrontage": "float64", "GarageCars": "float64", "MSZoning": "object",
        "Street": "object", "CentralAir": "float64", "Sold": "datetime64[us]",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"LotArea": None}, {("LotArea", "missing_value")}),
        ({"LotArea": 0}, {("LotArea", "not_positive")}),
        ({"LotArea": -1}, {("LotArea", "not_positive")}),
        ({"LotArea": "big"}, {("LotArea", "not_a_number")}),
        ({"LotArea": 10**400}, {("LotArea", "not_finite")}),
        ({"LotFrontage": None}, set()),
        ({"GarageCars": 2.5}, {("GarageCars", "not_whole")}),
        ({"GarageCars": "2"}, set()),
        ({"MSZoning": "FV"}, {("MSZoning", "unseen_category")}),
        ({"MSZoning": "?"}, {("MSZoning", "missing_value")}),
        ({"Street": "Gravel"}, set()),
        ({"Street": "?"}, set()),
        ({"LotFrontage": "?"}, set()),
        ({"LotArea": "?"}, {("LotArea", "missing_value")}),
        ({"CentralAir": "perhaps"}, {("CentralAir", "wrong_type")}),
        ({"Sold": "yesterday"}, {("Sold", "bad_date")}),
        ({"unknown thing": 1, "SalePrice": 1}, set()),
        ({"LotArea": "big", "MSZoning": "FV"}, {("LotArea", "not_a_number"), ("MSZoning", "unseen_category")}),
    ],
)
def test_each_rule_has_its_reason(changes, expected):
    assert reasons(**changes) == expected


def test_each_feature_has_to_be_there_even_if_it_may_be_null():
    row = {name: value for name, value in GOOD.items() if name not in ("LotArea", "LotFrontage")}
    (errors,) = validate_inputs(input_data=row, schema=SCHEMA).errors.values()

    assert [(error.field, error.reason) for error in errors] == [("LotArea", "required"), ("LotFrontage", "required")]
    assert "it can't be left out" in errors[0].message
    assert "send null if it is unknown" in errors[1].message


@pytest.mark.parametrize("name", ["LotFrontag", "lotfrontage", "lot_frontage", "LotFrontages"])
def test_a_misspelt_feature_is_named(name):
    row = {key: value for key, value in GOOD.items() if key != "LotFrontage"} | {name: 65}
    (errors,) = validate_inputs(input_data=row, schema=SCHEMA).errors.values()

    assert [error.field for error in errors] == ["LotFrontage"]
    assert f"'{name}' was sent, which is no feature" in errors[0].message


def test_a_misspelt_column_of_a_frame_is_an_error_in_each_row():
    frame = pd.DataFrame([GOOD, GOOD]).rename(columns={"LotFrontage": "Lot Frontage"})

    assert sorted(validate_inputs(input_data=frame, schema=SCHEMA).errors) == [0, 1]


def test_rows_stay_where_they_were():
    inputs = validate_inputs(input_data=[GOOD, 7, GOOD | {"LotArea": "x"}, GOOD], schema=SCHEMA)

    assert inputs.valid.tolist() == [True, False, False, True]
    assert [error.reason for error in inputs.errors[1]] == ["not_an_object"]
    assert len(inputs.frame) == 2
    assert inputs.frame.index.tolist() == [0, 1]


def test_a_frame_and_its_rows_give_the_same():
    rows = [GOOD, GOOD | {"LotFrontage": None, "GarageCars": None}, GOOD | {"MSZoning": "XX"}]
    by_rows = validate_inputs(input_data=rows, schema=SCHEMA)
    by_frame = validate_inputs(input_data=pd.DataFrame(rows, index=[7, 7, 9]), schema=SCHEMA)

    pd.testing.assert_frame_equal(by_rows.frame, by_frame.frame)
    assert by_rows.errors == by_frame.errors


def test_the_input_is_left_as_it_was():
    frame = pd.DataFrame([GOOD])
    before = frame.copy(deep=True)
    validate_inputs(input_data=frame, schema=SCHEMA)

    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("value", [None, 3, "text", b"bytes", [], pd.DataFrame(), pd.DataFrame(columns=["LotArea"])])
def test_what_is_no_rows_is_refused_as_a_whole(value):
    with pytest.raises(InputDataError, match="rows"):
        validate_inputs(input_data=value, schema=SCHEMA)


def test_duplicated_columns_are_refused_as_a_whole():
    frame = pd.DataFrame([[1, 2]], columns=["LotArea", "LotArea"])

    with pytest.raises(InputDataError, match="more than once: LotArea"):
        validate_inputs(input_data=frame, schema=SCHEMA)


def test_no_error_repeats_what_was_sent():
    secret = "4111-1111-1111-1111"
    inputs = validate_inputs(input_data=GOOD | dict.fromkeys(SCHEMA.names, secret), schema=SCHEMA)

    assert len(inputs.errors[0]) == 6  # all but the category that takes any text
    assert secret not in json.dumps([error.to_json() for error in inputs.errors[0]])


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.lists(
        st.dictionaries(st.sampled_from([*SCHEMA.names, "other", ""]), JSON_VALUES) | JSON_VALUES,
        min_size=1,
        max_size=5,
    )
)
def test_whatever_is_sent_each_row_passes_or_has_errors(rows):
    inputs = validate_inputs(input_data=rows, schema=SCHEMA)

    assert len(inputs.valid) == len(rows)
    assert set(np.flatnonzero(~inputs.valid)) == set(inputs.errors)
    assert len(inputs.frame) == inputs.valid.sum()
    assert all(math.isfinite(value) and value > 0 for value in inputs.frame["LotArea"])


def test_a_frame_may_label_its_columns_by_numbers():
    schema = Schema((Feature("1", "number", nullable=True),))

    assert validate_inputs(input_data=pd.DataFrame({1: [5.0]}), schema=schema).frame["1"].tolist() == [5.0]
    with pytest.raises(InputDataError, match="more than once: 1"):
        validate_inputs(input_data=pd.DataFrame([[1, 2]], columns=[1, "1"]), schema=schema)


def test_rows_without_columns_lack_their_features():
    inputs = validate_inputs(input_data=pd.DataFrame(index=range(2)), schema=SCHEMA)

    assert sorted(inputs.errors) == [0, 1]
