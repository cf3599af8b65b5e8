from __future__ import annotations

import math

import numpy as np
import pytest

from regression_model.errors import NotLowerableError
from regression_model.lowering.knowledge import Dates, Numbers, Texts


def test_features_are_the_first_slots(builder):
    assert builder.columns == {"area": 0, "rooms": 1, "pool": 2, "zone": 3, "grade": 4, "sold": 5}
    assert builder.inputs == ["number", "number", "number", "text", "text", "date"]


def test_results_get_the_next_slots(builder):
    assert builder.emit("scale_shift", 0, Numbers(), scale=2.0, shift=0.0) == 6
    assert builder.emit_all("one_hot", 3, [Numbers(0, 1, False)] * 2, categories=["a", "b"], may_fail=True) == [7, 8]
    assert builder.operations == [
        {"op": "scale_shift", "in": 0, "out": 6, "scale": 2.0, "shift": 0.0},
        {"op": "one_hot", "in": 3, "out": [7, 8], "categories": ["a", "b"]},
    ]
    assert builder.may_fail == [False, True]


def test_known_result_is_a_constant_that_is_made_once(builder):
    first = builder.emit("above", 0, Numbers(1.0, 1.0, missing=False), threshold=-1.0)
    assert builder.constant("number", 1.0) == first
    assert builder.operations == [{"op": "constant", "out": 6, "kind": "number", "value": 1.0}]


@pytest.mark.parametrize(
    ("kind", "value", "known"),
    [
        ("number", 2.5, Numbers(2.5, 2.5, missing=False)),
        ("number", None, Numbers(math.inf, -math.inf, missing=True)),
        ("text", "a", Texts(frozenset({"a"}), missing=False)),
        ("text", None, Texts(frozenset(), missing=True)),
        ("date", "2020-01-01T00:00:00", Dates(missing=False)),
    ],
)
def test_constants(builder, kind, value, known):
    assert builder.known[builder.constant(kind, value)] == known


def test_requirement_names_only_what_can_break_it(builder):
    builder.require([0, 1, 3, 4, 0], missing=True)
    assert builder.operations == [
        {"op": "require", "in": [0, 3], "missing": True, "infinite": False, "single_precision": False}
    ]
    assert builder.may_fail == [True]
    # Behind it nothing is missing any more.
    builder.require([0, 3], missing=True, infinite=True)
    assert len(builder.operations) == 1


def test_requirement_of_finite_and_of_single_numbers(builder):
    (infinite,) = builder.emit_all("product", [0, 1], [Numbers(missing=False)])
    builder.require([0, 2, infinite], infinite=True)
    assert builder.operations[-1]["in"] == [infinite]
    builder.require([0, 2, infinite], single_precision=True)
    assert builder.operations[-1]["in"] == [0, infinite]
    builder.require([0, infinite], single_precision=True, infinite=True)
    assert len(builder.operations) == 3


def test_columns_are_dropped_and_ordered(builder):
    builder.drop(["zone", "sold"])
    builder.reorder(["rooms", "area", "grade", "pool"])
    assert list(builder.columns.items()) == [("rooms", 1), ("area", 0), ("grade", 4), ("pool", 2)]
    with pytest.raises(NotLowerableError, match="01_step: it was fitted with the columns"):
        builder.reorder(["rooms"])
    with pytest.raises(NotLowerableError, match="01_step: there is no column 'zone'"):
        builder.slot("zone")


def test_kinds_are_checked(builder):
    with pytest.raises(NotLowerableError, match="works on slots of kind 'number', but slot 3 holds 'text'"):
        builder.numbers(3)
    with pytest.raises(NotLowerableError, match="kind 'date'"):
        builder.dates(0)
    with pytest.raises(NotLowerableError, match="kind 'number'"):
        builder.column_slots()


def test_arrays_get_names_of_their_own(builder):
    names = [builder.add_array("values", np.zeros(1)) for _ in range(3)]
    assert names == ["values", "values_2", "values_3"]
    assert list(builder.arrays) == names


def test_infinite_constant_is_refused(builder):
    with pytest.raises(NotLowerableError, match="infinite in every row"):
        builder.constant("number", math.inf)
