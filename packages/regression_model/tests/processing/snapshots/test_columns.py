from __future__ import annotations

import math
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regression_model.errors import DataError
from regression_model.processing.snapshots.columns import ColumnBuilder, build_table


def build(*chunks):
    builder = ColumnBuilder("c")
    for chunk in chunks:
        builder.add(chunk)
    return builder.finish()


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([True, None], "bool", [True, None]),
        ([1, None, -(2**63)], "int64", [1, None, -(2**63)]),
        ([1, 0.5, None], "double", [1.0, 0.5, None]),
        ([math.nan, math.inf], "double", [None, math.inf]),
        ([Decimal("1.10"), Decimal("2E+2"), Decimal("NaN")], "decimal128(38, 1)", [Decimal("1.1"), Decimal(200), None]),
        (["Zoë", "", None], "large_string", ["Zoë", "", None]),
        ([uuid.UUID(int=1)], "large_string", ["00000000-0000-0000-0000-000000000001"]),
        ([date(1, 1, 1), None, date(9999, 12, 31)], "date32[day]", [date(1, 1, 1), None, date(9999, 12, 31)]),
        ([datetime(2026, 1, 1, 12), None], "timestamp[us]", [datetime(2026, 1, 1, 12), None]),
        ([None, None], "large_string", [None, None]),
    ],
)
def test_each_kind_of_value(values, kind, expected):
    found = build(values)
    assert str(found.type) == kind
    assert found.to_pylist() == expected


def test_moments_are_kept_in_utc():
    offset = timezone(timedelta(hours=5, minutes=30))
    found = build([datetime(2026, 1, 1, 5, 30, tzinfo=offset)])
    assert str(found.type) == "timestamp[us, tz=UTC]"
    assert found.to_pylist() == [datetime(2026, 1, 1, tzinfo=UTC)]


def test_a_column_without_any_row():
    assert build().type == build([]).type == pa.large_string()


@pytest.mark.parametrize(
    "chunks", [([None], [1], [0.5]), ([0.5], [None], [1]), ([1, 0.5], [None]), ([None, 1, 0.5],), ([None], [1, 0.5])]
)
def test_the_type_does_not_depend_on_how_rows_come_in_chunks(chunks):
    found = build(*chunks)
    assert str(found.type) == "double"
    assert sorted(value for value in found.to_pylist() if value is not None) == [0.5, 1.0]


@pytest.mark.parametrize("chunks", [([Decimal("0.5")], [Decimal("7.25")]), ([Decimal("7.250"), Decimal("0.5")],)])
def test_decimals_get_the_places_that_the_longest_needs(chunks):
    found = build(*chunks)
    assert str(found.type) == "decimal128(38, 2)"
    assert sum(found.to_pylist()) == Decimal("7.75")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            [1, None, b"x"],
            r"column 'c' holds bytes in row 3; a snapshot holds booleans, numbers, decimals, text, dates",
        ),
        ([time(12)], r"holds time in row 1.* by CAST\), or leave it out with --drop"),
        ([{"a": 1}], "holds dict in row 1"),
        ([1, "x"], "several types, integer and text"),
        ([True, 1], "several types, boolean and integer"),
        ([datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)], "several types, moment and time"),
        ([date(2026, 1, 1), "2026-01-01"], "several types, date and text"),
        ([2**63], "whole numbers of more than 64 bits"),
        ([2**53 + 1, 0.5], "no float can tell apart"),
        ([Decimal("Infinity")], "infinite, or of more than 38 digits"),
        ([Decimal("1e-39")], "more than 38 digits"),
        ([Decimal(10) ** 39], "more than 38 digits"),
        ([Decimal("1e30"), Decimal("1e-30")], "more than 38 digits"),
        (["\ud800"], "half a character"),
    ],
)
def test_what_a_snapshot_can_not_hold(values, message):
    with pytest.raises(DataError, match=message):
        build(values)


def test_the_row_is_counted_over_all_chunks():
    with pytest.raises(DataError, match="in row 4"):
        build([1, 2], [3, b"x"])


@pytest.mark.parametrize("chunks", [([2**53 + 1], [0.5]), ([Decimal("1e30")], [Decimal("1e-30")])])
def test_numbers_that_are_too_long_together(chunks):
    with pytest.raises(DataError, match=r"2\^53 together with fractions|more than 38 digits"):
        build(*chunks)


def test_a_column_can_be_left_out_whatever_it_holds():
    assert build_table(["a", "b"], [[(1, b"x")], [(2, [1])]], skip=["b"]).to_pydict() == {"a": [1, 2]}


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20)))
def test_no_decimal_is_rounded(values):
    assert build(values[:2], values[2:]).to_pylist() == values
