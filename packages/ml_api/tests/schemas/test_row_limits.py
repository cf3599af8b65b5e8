from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_api.errors import TextTooLongError, TooManyColumnsError, TooManyMeasurementsError
from ml_api.schemas import RowLimits

LIMITS = RowLimits(max_columns=2, max_text_length=5, max_measurements=4)


def test_rows_within_the_limits_pass_and_so_does_what_is_no_row():
    LIMITS.check([{"a": "12345", "b": 10**9}, {}, None, 5, "a long text", ["a long text"]])


def test_too_many_columns():
    with pytest.raises(TooManyColumnsError, match="Row 1 has 3 columns; at most 2") as caught:
        LIMITS.check([{}, {"a": 1, "b": 2, "c": 3}])
    assert caught.value.details == {"row": 1, "columns": 3, "max_columns": 2}


@pytest.mark.parametrize(
    ("row", "field"), [({"a": "canary"}, "a"), ({"longer": 1}, "longer"), ({"x" * 999: 1}, "x" * 80)]
)
def test_too_long_a_text_is_named_by_its_column_and_never_repeated(row, field):
    with pytest.raises(TextTooLongError, match="more than 5 characters") as caught:
        LIMITS.check([row])
    assert caught.value.details == {"row": 0, "field": field, "max_text_length": 5}
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "n_measurements"),
    [([{"a": [1, 2]}, {"a": [3, 4], "b": 5}, {"a": "[5]"}], 5), ([{"a": [0] * 5}], 5), ([{"a": "[,,,,"}], 5)],
)
def test_too_many_measurements_of_all_rows_together(rows, n_measurements):
    with pytest.raises(TooManyMeasurementsError, match="hold 5 measurements; at most 4 are allowed") as caught:
        LIMITS.check(rows)
    assert caught.value.details == {"measurements": n_measurements, "max_measurements": 4}
    assert not LIMITS.surely_hold(rows, json.dumps(rows).encode())
    LIMITS.check([{"a": [1, 2]}, {"a": [3, 4]}])


def test_many_values_in_rows_without_lists_are_no_measurements():
    rows = [{"a": 1, "b": 2}] * 3
    limits = RowLimits(2, 100, 2)
    assert limits.surely_hold(rows, json.dumps(rows).encode())


@pytest.mark.parametrize(
    ("body", "is_sure"),
    [
        (b'[{"a":"xxxx"}]', True),
        (b'[{"a":"' + b"x" * 11 + b'"}]', False),
        (b'[{"' + b"x" * 11 + b'":1}]', False),
        (b'[{"a":1,"b":2,"c":3}]', False),
        (b'[{"a":"' + b'\\"' * 11 + b'"}]', False),
        (b'[{"a":' + b" " * 50 + b"1}]", False),  # may be
    ],
)
def test_the_bytes_of_a_body_show_that_limits_are_kept(body, is_sure):
    assert RowLimits(2, 10, 1_000).surely_hold(json.loads(body), body) == is_sure


@given(
    rows=st.lists(st.dictionaries(st.text("ab", max_size=7), st.text('a"\\é', max_size=7) | st.integers()), max_size=3)
)
def test_what_surely_holds_does(rows):
    limits = RowLimits(2, 5, 4)
    if limits.surely_hold(rows, json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()):
        limits.check(rows)
