from __future__ import annotations

import math

import pytest

from regression_model.errors import NotLowerableError
from regression_model.lowering import number_operations as operations
from regression_model.lowering.knowledge import ANY_NUMBER, LARGEST, NO_NUMBER, Numbers

AREA, ROOMS, POOL = 0, 1, 2  # slots: may be missing; never missing and above 0; 0 or 1


def only_operation(builder):
    (operation,) = builder.operations
    return operation


def test_fill(builder):
    slot = operations.fill_number(builder, AREA, 7)
    assert only_operation(builder) == {"op": "fill_number", "in": AREA, "out": slot, "value": 7.0}
    assert builder.known[slot] == Numbers(-LARGEST, LARGEST, missing=False)


@pytest.mark.parametrize(
    "change",
    [
        lambda builder: operations.fill_number(builder, ROOMS, 1.0),
        lambda builder: operations.fill_number(builder, ROOMS, math.nan),
        lambda builder: operations.shift_scale(builder, ROOMS, shift=0.0, scale=1.0),
        lambda builder: operations.scale_shift(builder, ROOMS, shift=0.0, scale=1.0),
        lambda builder: operations.clip(builder, ROOMS, lower=0.0, upper=None),
    ],
)
def test_what_changes_nothing_is_no_operation(builder, change):
    assert change(builder) == ROOMS
    assert not builder.operations


def test_shift_and_scale(builder):
    slot = operations.shift_scale(builder, POOL, shift=0.5, scale=-0.25)
    assert only_operation(builder) == {"op": "shift_scale", "in": POOL, "out": slot, "shift": 0.5, "scale": -0.25}
    assert builder.known[slot] == Numbers(-2.0, 2.0, missing=False)
    assert builder.known[operations.scale_shift(builder, slot, scale=2.0, shift=1.0)] == Numbers(-3.0, 5.0, False)
    # Beyond the largest number lies infinity.
    assert builder.numbers(operations.shift_scale(builder, AREA, shift=0.0, scale=0.5)).can_be_infinite


def test_clip_bounds_what_is_known(builder):
    slot = operations.clip(builder, AREA, lower=-5.0, upper=None)
    assert only_operation(builder) == {"op": "clip", "in": AREA, "out": slot, "lower": -5.0, "upper": None}
    assert builder.known[slot] == Numbers(-5.0, LARGEST, missing=True)
    assert builder.known[operations.clip(builder, slot, lower=None, upper=3)] == Numbers(-5.0, 3.0, missing=True)


def test_log_fails_rows_only_if_a_number_can_be_too_small(builder):
    operations.log(builder, ROOMS)
    operations.log(builder, AREA)
    assert builder.may_fail == [False, True]
    known = builder.numbers(builder.operations[0]["out"])
    assert known.lower == math.log(5e-324)
    assert known.upper == pytest.approx(math.log(LARGEST))


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0, 3.0, -1.0])
def test_yeo_johnson_of_an_interval(builder, power):
    slot = operations.yeo_johnson(builder, POOL, power=power)
    assert only_operation(builder)["power"] == power
    known = builder.numbers(slot)
    assert known.lower == 0.0
    assert known.upper == pytest.approx(math.log(2) if power == 0 else (2**power - 1) / power)


def test_threshold(builder):
    slot = operations.above(builder, AREA, threshold=3)
    assert only_operation(builder) == {"op": "above", "in": AREA, "out": slot, "threshold": 3.0}
    assert builder.known[slot] == Numbers(0.0, 1.0, missing=True)
    # Known beforehand: a constant.
    operations.above(builder, POOL, threshold=1.0)
    assert builder.operations[-1] == {"op": "constant", "out": slot + 1, "kind": "number", "value": 0.0}


def test_missing_is_known_where_nothing_can_be(builder):
    slot = operations.is_missing(builder, AREA)
    assert only_operation(builder) == {"op": "is_missing", "in": AREA, "out": slot}
    operations.is_missing(builder, ROOMS)
    assert builder.operations[-1]["value"] == 0.0
    operations.is_missing(builder, builder.constant("number", None))
    assert builder.operations[-1]["value"] == 1.0


def test_arithmetic(builder):
    added = operations.add_up(builder, [ROOMS, POOL, AREA])
    product = operations.multiply(builder, [POOL, POOL])
    difference = operations.subtract(builder, POOL, product)
    assert [operation["op"] for operation in builder.operations] == ["sum", "product", "difference"]
    assert builder.operations[0]["in"] == [ROOMS, POOL, AREA]
    assert builder.numbers(added).missing
    assert builder.known[product] == Numbers(0.0, 1.0, missing=False)
    assert builder.known[difference] == Numbers(-1.0, 1.0, missing=False)


def test_ratio_to_what_can_be_zero_can_be_missing(builder):
    assert builder.known[operations.divide(builder, ROOMS, POOL)] == ANY_NUMBER
    assert not builder.numbers(operations.divide(builder, POOL, ROOMS)).missing


def test_constants_are_computed(builder):
    slot = builder.constant("number", 3.0)
    slot = operations.shift_scale(builder, slot, shift=1.0, scale=2.0)
    slot = operations.log(builder, operations.add_up(builder, [slot, builder.constant("number", 6.0)]))
    assert builder.operations[-1] == {"op": "constant", "out": slot, "kind": "number", "value": math.log(7.0)}


def test_fitted_numbers_have_to_be_finite(builder):
    with pytest.raises(NotLowerableError, match="its fitted numbers are not all finite: inf, 1.0"):
        operations.shift_scale(builder, AREA, shift=math.inf, scale=1.0)
    with pytest.raises(NotLowerableError, match="not all finite"):
        operations.yeo_johnson(builder, AREA, power=math.nan)
    with pytest.raises(NotLowerableError, match="infinite"):
        operations.fill_number(builder, AREA, math.inf)


@pytest.mark.parametrize("change", [operations.shift_scale, operations.scale_shift])
def test_column_that_had_no_value_in_training_is_missing(builder, change):
    slot = change(builder, AREA, shift=math.nan, scale=math.nan)
    assert builder.known[slot] == NO_NUMBER
