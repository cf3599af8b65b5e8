"""The operations on numbers: each is added to the builder, unless it would change nothing in any row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.lowering.knowledge import ANY_NUMBER, NO_NUMBER, Numbers, image, union

if TYPE_CHECKING:
    from regression_model.lowering.builder import Builder

_EPSILON = float(np.finfo(np.float64).eps)


def fill_number(builder: Builder, slot: int, value: float) -> int:
    """Put a number in place of a missing one."""
    known = builder.numbers(slot)
    if not known.missing or math.isnan(value):
        return slot
    if math.isinf(value):
        raise builder.refuse("it fills in an infinite number")
    filled = union(known, Numbers(value, value, missing=False))
    return builder.emit("fill_number", slot, Numbers(filled.lower, filled.upper, missing=False), value=float(value))


def shift_scale(builder: Builder, slot: int, *, shift: float, scale: float) -> int:
    """Compute ``(x - shift) / scale``; missing everywhere if either is NaN, as it is for a column without a value."""
    if math.isnan(shift) or math.isnan(scale):
        return builder.constant("number", None)
    _check_finite(builder, shift, scale)
    known = builder.numbers(slot)
    if shift == 0 and scale == 1:
        return slot
    output = image(lambda x: (x - shift) / scale, [known])
    return builder.emit("shift_scale", slot, output, shift=float(shift), scale=float(scale))


def scale_shift(builder: Builder, slot: int, *, scale: float, shift: float) -> int:
    """Compute ``x * scale + shift``; missing everywhere if either is NaN, as it is for a column without a value."""
    if math.isnan(shift) or math.isnan(scale):
        return builder.constant("number", None)
    _check_finite(builder, scale, shift)
    known = builder.numbers(slot)
    if scale == 1 and shift == 0:
        return slot
    output = image(lambda x: x * scale + shift, [known])
    return builder.emit("scale_shift", slot, output, scale=float(scale), shift=float(shift))


def clip(builder: Builder, slot: int, *, lower: float | None, upper: float | None) -> int:
    """Replace what is greater than ``upper`` by it, and then what is less than ``lower``."""
    known = builder.numbers(slot)
    least = -math.inf if lower is None else lower
    most = math.inf if upper is None else upper
    if known.is_empty or (least <= known.lower and known.upper <= most):
        return slot
    output = image(lambda x: max(least, min(most, x)), [known])
    return builder.emit(
        "clip",
        slot,
        output,
        lower=None if math.isinf(least) else float(least),
        upper=None if math.isinf(most) else float(most),
    )


def log(builder: Builder, slot: int) -> int:
    """Compute the natural logarithm; a number that has none fails the row."""
    known = builder.numbers(slot)
    output = _log_of(known)
    if known.is_empty or known.lower > 0:
        return builder.emit("log", slot, output)
    return builder.emit_all("log", slot, [output], may_fail=True, single=True)[0]


def _log_of(known: Numbers) -> Numbers:
    if known.is_empty or known.upper <= 0:
        return NO_NUMBER
    smallest = math.nextafter(0.0, 1.0)
    return image(np.log, [Numbers(max(known.lower, smallest), known.upper, known.missing)])


def yeo_johnson(builder: Builder, slot: int, *, power: float) -> int:
    """Compute Yeo and Johnson's power transformation, as SciPy does."""
    _check_finite(builder, power)
    output = image(partial(_yeo_johnson, power), [builder.numbers(slot)])
    return builder.emit("yeo_johnson", slot, output, power=float(power))


def _yeo_johnson(power: float, x: Any) -> Any:  # noqa: ANN401 - a NumPy float
    if x >= 0:
        return np.log1p(x) if abs(power) < _EPSILON else np.expm1(power * np.log1p(x)) / power
    if abs(power - 2) > _EPSILON:
        return -np.expm1((2 - power) * np.log1p(-x)) / (2 - power)
    return -np.log1p(-x)


def above(builder: Builder, slot: int, *, threshold: float) -> int:
    """Say whether a number is greater than a threshold: 1.0 or 0.0; missing stays missing."""
    known = builder.numbers(slot)
    if math.isinf(threshold):
        raise builder.refuse("its threshold is infinite")
    output = image(lambda x: float(x > threshold), [known])
    return builder.emit("above", slot, output, threshold=float(threshold))


def is_missing(builder: Builder, slot: int) -> int:
    """Say whether a slot of any kind is missing: 1.0 or 0.0."""
    known = builder.known[slot]
    always = isinstance(known, Numbers) and known.is_empty
    return builder.emit("is_missing", slot, Numbers(float(always), float(known.missing), missing=False))


def add_up(builder: Builder, slots: Sequence[int]) -> int:
    """Add numbers up, from left to right; missing if any is."""
    output = reduce(lambda total, part: image(np.add, [total, part]), map(builder.numbers, slots))
    return builder.emit("sum", slots, output)


def multiply(builder: Builder, slots: Sequence[int]) -> int:
    """Multiply numbers, from left to right; missing if any is."""
    output = reduce(lambda total, part: image(np.multiply, [total, part]), map(builder.numbers, slots))
    return builder.emit("product", slots, output)


def subtract(builder: Builder, first: int, second: int) -> int:
    """Compute ``first - second``; missing if either is."""
    output = image(np.subtract, [builder.numbers(first), builder.numbers(second)])
    return builder.emit("difference", [first, second], output)


def divide(builder: Builder, first: int, second: int) -> int:
    """Compute ``first / second``; missing if either is, or if the divisor is zero."""
    dividend, divisor = builder.numbers(first), builder.numbers(second)
    has_zero = divisor.lower <= 0 <= divisor.upper
    output = ANY_NUMBER if has_zero else image(np.divide, [dividend, divisor])
    return builder.emit("ratio", [first, second], output)


def first_known(builder: Builder, slots: Sequence[int]) -> int:
    """Take the first number that is not missing; missing if all are."""
    known = [builder.numbers(slot) for slot in slots]
    if not known[0].missing or len(slots) == 1:
        return slots[0]
    output = reduce(union, known)
    missing = all(part.missing for part in known)
    return builder.emit("first_known", slots, Numbers(output.lower, output.upper, missing))


def _check_finite(builder: Builder, *values: float) -> None:
    if not all(math.isfinite(value) for value in values):
        raise builder.refuse(f"its fitted numbers are not all finite: {', '.join(map(str, values))}")
