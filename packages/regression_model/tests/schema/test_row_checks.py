from __future__ import annotations

import json
import math
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regression_model.errors import InputDataError
from regression_model.processing.validation import validate_inputs
from regression_model.schema import Feature, Schema, check_row, list_rows

NAMES = ["LotArea", "LotFrontage", "lot_area", "Zone", "1stFlrSF"]
WORDS = ["RL", "RM", "FV", "?", "-999", "20", "NA", "", "\ud800"]
MISSING_VALUES = st.lists(st.sampled_from(["?", "-999", "1e3", "NA", "RL", " 5 ", "true", "2024-01-01"]), max_size=3)


@st.composite
def features(draw, name):
    dtype = draw(st.sampled_from(["number", "integer", "category", "boolean", "datetime"]))
    bounded, listed = dtype in ("number", "integer"), dtype == "category"
    return Feature(
        name,
        dtype,
        nullable=draw(st.booleans()),
        exclusive_minimum=draw(st.none() | st.sampled_from([0.0, -1.0, 5.0])) if bounded else None,
        categories=dict.fromkeys(draw(st.lists(st.sampled_from(WORDS), unique=True)), 0.1) if listed else None,
        on_unseen=draw(st.sampled_from(["other", "reject"])),
    )


@st.composite
def schemas(draw):
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    return Schema(tuple(draw(features(name)) for name in names), tuple(draw(MISSING_VALUES)))


WIRE = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.floats().map(str)
    | st.sampled_from([*WORDS, " 5 ", "5", 5, -999, "-999.0", 1000, "1e3", "1e400", 10**400, "yes", "inf", 0, -0.0])
    | st.datetimes(timezones=st.none() | st.timezones()).map(datetime.isoformat)
    | st.lists(st.integers(), max_size=2) | st.dictionaries(st.text(max_size=3), st.none(), max_size=1)
)  # fmt: skip
HANDED_OVER_BY_PYTHON = st.sampled_from([
    pd.NA, pd.NaT, pd.Timestamp("2024-05-31T12:00:00.123456789"), pd.Timestamp("2024-05-31", tz="Asia/Kolkata"),
    np.float64(2.5), np.float32(0.1), np.float64("nan"), np.int64(-999), np.uint8(7), np.bool_(True), np.str_("RL"),
    np.str_("?"), np.datetime64("2024-05-31"), np.datetime64("2024-05-31T12:00:00.5", "ns"), np.datetime64("NaT"),
    np.datetime64("20000-01-01"), np.timedelta64(5, "s"), Decimal("1.50"), Decimal("NaN"), Decimal("sNaN"),
    Decimal("Infinity"), date(2024, 5, 31), datetime(2024, 5, 31),
    datetime.min.replace(tzinfo=timezone(timedelta(hours=23))), b"RL", {1}, object(), 10**5000, complex(1, 2),
])  # fmt: skip


@st.composite
def rows(draw, schema):
    present = draw(st.sampled_from(["all", "all", "all", "some"]))
    kept = schema.names if present == "all" else draw(st.lists(st.sampled_from(schema.names), unique=True))
    values = WIRE | HANDED_OVER_BY_PYTHON
    unknown = st.sampled_from(["lotarea", "Lot Area", "LotFrontag", "zone", "SalePrice", "", 7, "x" * 300])
    others = draw(st.dictionaries(unknown, values, max_size=3))
    return {name: draw(values) for name in kept} | others


def same(found, expected):
    if expected is None or pd.isna(expected):
        return found is None or math.isnan(found)
    return type(found) is type(expected) and found == expected


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_row_alone_is_checked_as_it_is_among_others(data):
    schema = data.draw(schemas())
    row = data.draw(rows(schema) | WIRE)
    expected = validate_inputs(input_data=[row], schema=schema)
    values, errors = check_row(row, schema)

    assert errors == list(expected.errors.get(0, ()))
    assert (values is None) == bool(errors)
    if values is not None:
        in_frame = [expected.frame[name].tolist()[0] for name in schema.names]
        plain = [item.to_pydatetime() if isinstance(item, pd.Timestamp) else item for item in in_frame]
        assert all(same(found, value) for found, value in zip(values, plain, strict=True))
        assert all(value is None or isinstance(value, float | str | datetime) for value in values)


SCHEMA = Schema(
    (
        Feature("LotArea", "number", nullable=False, exclusive_minimum=0.0),
        Feature("Cars", "integer", nullable=True),
        Feature("Zone", "category", nullable=False, categories={"RL": 0.8, "RM": 0.2}, on_unseen="reject"),
        Feature("Sold", "datetime", nullable=True),
    ),
    missing_values=("?", "-1"),
)
GOOD = {"LotArea": "8450", "Cars": -1, "Zone": "RL", "Sold": "2008-02-01T12:00:00+02:00", "SalePrice": 1}


def test_a_good_row_becomes_what_the_model_reads():
    values, errors = check_row(GOOD, SCHEMA)

    assert not errors
    assert values == [8450.0, pytest.approx(math.nan, nan_ok=True), "RL", datetime(2008, 2, 1, 10)]


def test_each_error_is_told_in_the_order_of_the_schema():
    values, errors = check_row({"Sold": "soon", "Zone": "R L", "LotArea": 0, "Cars": 1.5}, SCHEMA)

    assert values is None
    assert [(error.field, error.reason) for error in errors] == [
        ("LotArea", "not_positive"), ("Cars", "not_whole"), ("Zone", "unseen_category"), ("Sold", "bad_date"),
    ]  # fmt: skip
    assert "did you mean 'RL'?" in errors[2].message


def test_a_row_that_lacks_a_feature_is_looked_into_no_further():
    _, errors = check_row({"Sold": "soon", "Zones": "RL", "LotArea": 0, "Cars": 1}, SCHEMA)

    assert [(error.field, error.reason) for error in errors] == [("Zone", "required")]
    assert "'Zones' was sent" in errors[0].message


@pytest.mark.parametrize("row", [None, 1, "text", [], [("LotArea", 1)]])
def test_what_is_no_object_is_no_row(row):
    values, errors = check_row(row, SCHEMA)

    assert values is None
    assert [(error.field, error.reason) for error in errors] == [(None, "not_an_object")]


def test_no_error_repeats_what_was_sent():
    secret = "4111-1111-1111-1111"
    _, errors = check_row(GOOD | dict.fromkeys(SCHEMA.names, secret), SCHEMA)

    assert len(errors) == 4
    assert secret not in json.dumps([error.to_json() for error in errors])


def test_one_row_is_a_list_of_one():
    assert list_rows(GOOD) == [GOOD]
    assert list_rows([GOOD, 1]) == [GOOD, 1]


@pytest.mark.parametrize("value", [None, 3, "text", b"bytes", [], (), {1}])
def test_what_is_no_rows_is_refused_as_a_whole(value):
    with pytest.raises(InputDataError, match="rows"):
        list_rows(value)
