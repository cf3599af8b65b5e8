from __future__ import annotations

import math
import sys
from collections.abc import Mapping

from regression_model.lowering.adversarial_rows import build_adversarial_rows
from regression_model.processing.validation import validate_inputs

USUAL = {"area": 20.0, "rooms": 2, "pool": True, "zone": "RM", "grade": "B", "sold": "2004-04-04"}


def values_of(schema, name):
    rows = build_adversarial_rows(schema, [USUAL])
    return [row[name] for row in rows if isinstance(row, Mapping) and name in row]


def test_always_the_same(schema):
    assert repr(build_adversarial_rows(schema, [USUAL])) == repr(build_adversarial_rows(schema, [USUAL]))
    assert build_adversarial_rows(schema, [])


def test_usual_rows_are_not_changed(schema):
    before = dict(USUAL)
    build_adversarial_rows(schema, [USUAL])
    assert before == USUAL


def test_each_feature_is_tried_with_everything(schema):
    for feature in schema:
        values = values_of(schema, feature.name)
        assert None in values
        assert "" in values
        assert "-999" in values
        assert any(isinstance(value, float) and math.isnan(value) for value in values)
        assert any(value is True or value is False for value in values)
    assert {0, -1, 3.0, "3", 10.0, 90.0, 9.0, 91.0}.issubset([v for v in values_of(schema, "area") if v.__hash__])
    assert {"no such category", 7, "RL", "rl"}.issubset([v for v in values_of(schema, "zone") if v.__hash__])
    assert any(isinstance(value, float) and abs(value) >= 1e39 for value in values_of(schema, "rooms"))
    assert {0.0, 5e-324}.issubset([value for value in values_of(schema, "rooms") if value.__hash__])


def test_each_number_is_as_large_as_can_be_while_the_others_are_as_usual(schema):
    rows = [row for row in build_adversarial_rows(schema, [USUAL]) if isinstance(row, Mapping)]
    for largest in (sys.float_info.max, -sys.float_info.max):
        odd = [[name for name, value in row.items() if value == largest] for row in rows]
        assert [names for names in odd if names] == [["area"], ["rooms"]]


def test_each_feature_is_left_out_once(schema):
    rows = [row for row in build_adversarial_rows(schema, [USUAL]) if isinstance(row, Mapping)]
    for feature in schema:
        assert any(set(schema.names) - set(row) == {feature.name} for row in rows)


def test_rows_of_every_reason_to_refuse_are_among_them(schema):
    inputs = validate_inputs(input_data=build_adversarial_rows(schema, [USUAL]), schema=schema)
    reasons = {error.reason for errors in inputs.errors.values() for error in errors}
    assert reasons == {
        "required",
        "missing_value",
        "wrong_type",
        "not_a_number",
        "not_finite",
        "not_whole",
        "not_positive",
        "bad_date",
        "unseen_category",
        "not_an_object",
    }
    assert inputs.valid.sum() > 40
