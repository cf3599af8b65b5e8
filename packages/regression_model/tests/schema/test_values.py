from __future__ import annotations

import math
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from regression_model.schema.values import (
    RejectedValue,
    find_missing_numbers,
    is_missing,
    parse_boolean,
    parse_category,
    parse_datetime,
    parse_integer,
    parse_number,
    to_plain,
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
        (parse_category, "Caf\u00e9 \ud800", "wrong_type"),
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


def test_dates_reach_as_far_as_those_of_tables():
    first, last = pd.Timestamp.min.ceil("us").to_pydatetime(), pd.Timestamp.max.floor("us").to_pydatetime()

    assert (parse_datetime(first), parse_datetime(last)) == (first, last)
    for moment in (first - timedelta(microseconds=1), last + timedelta(microseconds=1)):
        with pytest.raises(RejectedValue, match="bad_date"):
            parse_datetime(moment)


@pytest.mark.parametrize("value", ["NA", "", 0, False, b"", [], {}, math.inf, pd.Timestamp("2024-05-31"), object()])
def test_what_is_there_is_not_missing(value):
    assert not is_missing(value)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float32(1.5), 1.5), (np.int64(3), 3), (np.bool_(True), True), (np.str_("RL"), "RL"),
        (np.datetime64("2024-05-31T12:00:00.123456789", "ns"), datetime(2024, 5, 31, 12, 0, 0, 123456)),
        (np.datetime64("1960-05-31T12:00:00.123456789", "ns"), datetime(1960, 5, 31, 12, 0, 0, 123456)),
        (np.datetime64("2024-05-31", "D"), datetime(2024, 5, 31)),
        (np.datetime64("2024-05", "M"), datetime(2024, 5, 1)),
        (np.datetime64("NaT"), None), ("RL", "RL"), (None, None),
    ],
)  # fmt: skip
def test_a_numpy_scalar_stands_for_a_python_value(value, plain):
    found = to_plain(value)

    assert found == plain
    assert type(found) is type(plain)


@pytest.mark.parametrize(
    "value",
    [
        np.datetime64("20000-01-01", "D"), np.datetime64(10**15, "Y"),
        # Of these NumPy would make dates that are near
        *(np.datetime64(sign * 2**62, unit) for unit in ("M", "W", "D", "h", "m", "s", "ms") for sign in (-1, 1)),
        np.datetime64(2**58 + 50 * 365, "D"), np.datetime64(2**61, "25s"),
    ],
)  # fmt: skip
def test_a_moment_that_python_can_not_say_is_a_bad_date_and_no_number(value):
    with pytest.raises(RejectedValue, match="bad_date"):
        parse_datetime(to_plain(value))
    with pytest.raises(RejectedValue, match="wrong_type"):
        parse_number(to_plain(value))


def test_texts_that_mean_unknown_may_be_numbers():
    assert find_missing_numbers(("?", "-999", " 1e3 ", "nan", "")) == [-999.0, 1000.0]


def test_checking_a_row_needs_the_standard_library_only():
    code = (
        "import sys; before = set(sys.modules)\n"
        "import regression_model.schema as schema\n"
        "feature = schema.Feature('a', 'number', nullable=True)\n"
        "assert schema.check_row({'a': 1}, schema.Schema((feature,))) == ([1.0], [])\n"
        "names = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*(names - sys.stdlib_module_names))"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert found.stdout.split() == ["regression_model"]
