from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regression_model.processing.values import (
    PARSERS,
    RejectedValue,
    parse_boolean,
    parse_category,
    parse_column,
    parse_datetime,
    parse_integer,
    parse_number,
)

MISSING = [None, math.nan, pd.NA, pd.NaT, "", " ", "NA", "n/a", "NaN", "null", "None"]


@pytest.mark.parametrize("value", MISSING)
def test_markers_mean_missing_where_they_can_be_no_value(value):
    assert math.isnan(parse_number(value))
    assert math.isnan(parse_integer(value))
    assert math.isnan(parse_boolean(value))
    assert parse_datetime(value) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("001", "001"), (" RL", " RL"), ("NA", "NA"), ("nan", "nan"), (20, "20"), (20.0, "20"), (1.5, "1.5"),
        (True, "True"), (-0.0, "0"), (10**20, str(10**20)), (Decimal("1.50"), "1.50"), ("", None), (None, None),
        (math.nan, None),
    ],
)  # fmt: skip
def test_a_category_is_text(value, text):
    assert parse_category(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3.0), ("12.5", 12.5), (" 7 ", 7.0), ("-1e3", -1000.0), (".5", 0.5), ("5.", 5.0), ("+2", 2.0),
        (Decimal("0.25"), 0.25), (2**60, float(2**60)),
    ],
)  # fmt: skip
def test_a_number_may_be_text(value, number):
    assert parse_number(value) == number


@pytest.mark.parametrize(
    ("parse", "value", "reason"),
    [
        (parse_number, True, "wrong_type"),
        (parse_number, [1], "wrong_type"),
        (parse_number, {"a": 1}, "wrong_type"),
        (parse_number, "1,000", "not_a_number"),
        (parse_number, "1_000", "not_a_number"),
        (parse_number, "0x1A", "not_a_number"),
        (parse_number, "١٢", "not_a_number"),
        (parse_number, "True", "not_a_number"),
        (parse_number, "1e400", "not_finite"),
        (parse_number, 10**400, "not_finite"),
        (parse_number, math.inf, "not_finite"),
        (parse_number, "-Infinity", "not_finite"),
        (parse_integer, 3.5, "not_whole"),
        (parse_integer, "3.5", "not_whole"),
        (parse_boolean, 2, "wrong_type"),
        (parse_boolean, "perhaps", "wrong_type"),
        (parse_boolean, [], "wrong_type"),
        (parse_category, ["a"], "wrong_type"),
        (parse_category, math.inf, "not_finite"),
        pytest.param(parse_category, 10**5000, "wrong_type", id="digits"),
        (parse_datetime, "31/05/2024", "bad_date"),
        (parse_datetime, "2024-02-30", "bad_date"),
        (parse_datetime, "1000-01-01", "bad_date"),
        (parse_datetime, "9999-12-31T23:59:59-12:00", "bad_date"),
        (parse_datetime, 20240531, "wrong_type"),
    ],
)
def test_what_a_value_can_not_be_is_refused_with_a_reason(parse, value, reason):
    with pytest.raises(RejectedValue, match=reason):
        parse(value)


@pytest.mark.parametrize("value", [True, 1, 1.0, "1", "true", "YES", "y", " T "])
def test_a_boolean_has_many_spellings(value):
    assert parse_boolean(value) == 1.0


def test_a_datetime_ends_up_in_utc():
    noon = datetime(2024, 5, 31, 12)

    assert parse_datetime("2024-05-31T12:00:00") == noon
    assert parse_datetime("2024-05-31T14:00:00+02:00") == noon
    assert parse_datetime("2024-05-31T12:00:00Z") == noon
    assert parse_datetime(datetime(2024, 5, 31, 14, tzinfo=timezone(timedelta(hours=2)))) == noon
    assert parse_datetime(pd.Timestamp("2024-05-31 12:00", tz=UTC)) == noon
    assert parse_datetime("2024-05-31") == datetime(2024, 5, 31)


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates().map(str),
    st.sampled_from(["NA", "1e400", "12", "12.0", "true", "2024-01-01"]), st.lists(st.integers(), max_size=1),
)  # fmt: skip


@given(st.lists(CELLS, min_size=1, max_size=20), st.sampled_from(sorted(PARSERS)))
def test_a_column_is_read_as_its_cells_are(cells, dtype):
    """The quick ways through a column (numbers as they are, distinct texts once) decide nothing else."""
    parsed, rejected = parse_column(pd.Series(cells, dtype=object), dtype)

    for row, cell in enumerate(cells):
        try:
            expected = PARSERS[dtype](cell)
        except RejectedValue as problem:
            assert rejected[row].reason == problem.reason
            expected = None
        else:
            assert row not in rejected
        if expected is None or pd.isna(expected):
            assert pd.isna(parsed[row])
        else:
            assert parsed[row] == expected or pd.Timestamp(parsed[row]) == expected


@given(st.lists(st.text(max_size=4) | st.sampled_from(["1", "2.5", "NA", ""]), min_size=2, max_size=30))
def test_a_column_of_text_is_read_as_its_cells_are(cells):
    whole, rejected = parse_column(pd.Series(cells, dtype="str"), "number")

    for row, cell in enumerate(cells):
        one, one_rejected = parse_column(pd.Series([cell], dtype=object), "number")
        np.testing.assert_equal(whole[row], one[0])
        assert (row in rejected) == bool(one_rejected)


@pytest.mark.parametrize("dtype", ["int64", "Int64", "float32", "uint8", "boolean", "str", "category"])
def test_a_column_of_any_pandas_type_is_read(dtype):
    values = pd.Series(["1", "0"], dtype=dtype) if dtype in ("str", "category") else pd.Series([1, 0]).astype(dtype)
    parsed, rejected = parse_column(values, "boolean")

    assert parsed.tolist() == [1.0, 0.0]
    assert not rejected


def test_numpy_dates_among_objects_are_dates():
    values = pd.Series([np.datetime64("2024-05-31", "ns"), np.datetime64("2024-05-31", "D")], dtype=object)
    parsed, rejected = parse_column(values, "datetime")

    assert not rejected
    assert pd.Series(parsed).tolist() == [pd.Timestamp("2024-05-31")] * 2
