from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from regression_model.processing.validation import validate_inputs
from regression_model.schema import Feature, RejectedValue, Schema, check_row, parse_series
from regression_model.schema.series import MAX_SERIES_LENGTH


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([0.5, 1.5], (0.5, 1.5)),
        ((1, "2", 3.0), (1.0, 2.0, 3.0)),
        (np.array([1, 2]), (1.0, 2.0)),
        ("[0.5, 1]", (0.5, 1.0)),
        ([7], (7.0,)),
        (None, None),
        (math.nan, None),
        ([], None),
        ("", None),
        ("NA", None),
        ([None, math.nan], None),
        (np.array([]), None),
    ],
)
def test_what_is_a_series(value, expected):
    assert parse_series(value) == expected


def test_a_missing_measurement_stays_in_its_place():
    first, gap, last = parse_series([1, None, 2.5])
    assert (first, last) == (1.0, 2.5)
    assert math.isnan(gap)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (0.5, "not_a_series"),
        (True, "not_a_series"),
        ({"0": 1.0}, "not_a_series"),
        ("1, 2", "not_a_series"),
        ("[1, 2", "not_a_series"),
        ('{"a": [1]}', "not_a_series"),
        (np.ones((2, 2)), "not_a_series"),
        ([1.0, True], "wrong_type"),
        ([1.0, [2.0]], "wrong_type"),
        ([1.0, "x"], "not_a_number"),
        ([1.0, math.inf], "not_finite"),
        ([0.0] * (MAX_SERIES_LENGTH + 1), "too_long"),
        ("[" * 100_000, "not_a_series"),
    ],
)
def test_what_is_none(value, reason):
    with pytest.raises(RejectedValue) as caught:
        parse_series(value)
    assert caught.value.reason == reason
    assert "a list of at most 10,000 numbers" in caught.value.expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([0.5, -999, 2.0], (0.5, math.nan, 2.0)),
        ([0.5, "-999.0", "off"], (0.5, math.nan, math.nan)),
        ("[0.5, -999]", (0.5, math.nan)),
        ([-999.0, "off"], None),
        ("off", None),
    ],
)
def test_what_means_unknown_is_missing_within_a_series(value, expected):
    feature = Feature("wave", "series", nullable=True)
    schema = Schema((feature,), missing_values=("-999", "off"))
    expected = expected if expected is None else pytest.approx(expected, nan_ok=True)
    assert parse_series(value, missing_values=schema.missing_values) == expected
    assert check_row({"wave": value}, schema) == ([expected], [])
    frame = pd.DataFrame({"wave": pd.Series([value], dtype=object)})
    assert validate_inputs(input_data=frame, schema=schema).frame["wave"].tolist() == [expected]


def test_a_series_may_be_four_times_as_long_as_those_in_training():
    schema = Schema((Feature("wave", "series", nullable=False, longest=50),))
    row, long = {"wave": [0.0] * 200}, {"wave": [0.0] * 201}
    assert check_row(row, schema) == ([(0.0,) * 200], [])
    [error] = check_row(long, schema)[1]
    assert (error.reason, error.expected[:29]) == ("too_long", "a list of at most 200 numbers")
    assert validate_inputs(input_data=[row, long], schema=schema).errors == {1: (error,)}


def test_a_schema_keeps_the_length_of_series_alone():
    """What older manifests lack stays unknown; of other features nothing is written."""
    plain, wave = Feature("area", "number", nullable=False), Feature("wave", "series", nullable=False, longest=50)
    described = Schema((plain, wave)).to_json()
    assert "longest" not in described["features"][0]
    assert Schema.from_json(described).features == (plain, wave)
    del described["features"][1]["longest"]
    assert Schema.from_json(described)["wave"].max_length == MAX_SERIES_LENGTH


def test_a_row_with_a_series_is_checked():
    schema = Schema((Feature("wave", "series", nullable=False),))
    assert check_row({"wave": [1, 2.5]}, schema) == ([(1.0, 2.5)], [])
    _, [missing] = check_row({"wave": []}, schema)
    assert missing.reason == "missing_value"
    _, [wrong] = check_row({"wave": [1, "secret"]}, schema)
    assert wrong.reason == "not_a_number"
    assert "secret" not in json.dumps(wrong.to_json())
