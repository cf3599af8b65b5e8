"""Tells apart, for one row, what the operations do to a number that is there, and what to a missing one.

Most features of numbers go through a few operations that look at nothing else. Of a missing value the result is known
ahead; of one that is there, filling and flags of missing values do nothing, so that few operations are left.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from regression_model.compiled.columns import RowFailure
from regression_model.compiled.operations import Operation
from regression_model.compiled.operations.missing import IsMissing
from regression_model.compiled.operations.numbers import FillNumber, ScaleShift, ShiftScale
from regression_model.compiled.operations.requirements import Require

Function = Callable[[float], float]
Point = Sequence[float] | None

_MOST_OPERATIONS = 64
"""A slot that more of them lead to is not followed back: for each of n slots in a row that would take n times n."""


@dataclass(frozen=True)
class Chain:
    """What becomes of a number that is there, in one slot.

    Attributes
    ----------
    functions : tuple of callable
        One after the other; any may raise `RowFailure`.
    operations : tuple of Operation
        The same.
    constant : float or None
        What the functions are applied to in place of the number, if it does not matter.
    """

    functions: tuple[Function, ...]
    operations: tuple[Operation, ...]
    constant: float | None = None

    @property
    def is_identity(self) -> bool:
        """Whether the number stays as it is."""
        return self.constant is None and not self.functions

    @property
    def shift_scale(self) -> ShiftScale | None:
        """The only operation, if it is of this kind."""
        if self.constant is None and len(self.operations) == 1 and isinstance(self.operations[0], ShiftScale):
            return self.operations[0]
        return None

    def apply(self, number: float) -> float:
        """Compute the slot."""
        if self.constant is not None:
            number = self.constant
        for function in self.functions:
            number = function(number)
        return number

    def fails(self, number: float) -> bool:
        """Say whether there is no result."""
        try:
            self.apply(number)
        except RowFailure:
            return True
        return False


@dataclass(frozen=True)
class NumberPart:
    """What becomes of one feature of numbers, as far as it depends on nothing else.

    Attributes
    ----------
    feature : int
        Its position in the schema.
    slots : tuple of int
        That depend on it and are read.
    chains : tuple of Chain
        For each slot.
    checks : tuple of Chain
        What can fail besides those.
    missing : sequence of float or None
        What is in the slots if the value is missing; None if there is no result then.
    """

    feature: int
    slots: tuple[int, ...]
    chains: tuple[Chain, ...]
    checks: tuple[Chain, ...]
    missing: Point

    def compute(self, number: float) -> Point:
        """Compute the slots of a number that is there; None if there is no result."""
        try:
            for check in self.checks:
                check.apply(number)
            return [chain.apply(number) for chain in self.chains]
        except RowFailure:
            return None


def find_number_part(feature: int, operations: Sequence[Operation], slots: Sequence[int]) -> NumberPart | None:
    """Analyse the operations that depend on one feature of numbers.

    Parameters
    ----------
    feature : int
    operations : sequence of Operation
        In order.
    slots : sequence of int
        That are read.

    Returns
    -------
    NumberPart or None
        None if one of them reads or writes several slots, if there are too many one after the other, or if
        a number that is there never has a result: then they have to be computed as they stand.
    """
    if any(len(operation.inputs) != 1 for operation in operations):
        return None
    by_output = {slot: operation for operation in operations for slot in operation.outputs}
    if any(operation.MANY and not isinstance(operation, Require) for operation in operations):
        return None
    depths = {feature: 0}
    for operation in operations:
        depths.update(dict.fromkeys(operation.outputs, depths[operation.inputs[0]] + 1))
    if max(depths.values()) > _MOST_OPERATIONS:
        return None
    chains = tuple(_find_chain(slot, by_output) for slot in slots)
    if any(chain.constant is not None and chain.fails(0.0) for chain in chains):
        return None
    done = {id(operation) for chain in chains for operation in chain.operations}
    checks = tuple(
        Chain((*before.functions, operation.row_function()), (*before.operations, operation), before.constant)
        for operation in operations
        if operation.CAN_FAIL and id(operation) not in done and not _only_missing(operation)
        for before in [_find_chain(operation.inputs[0], by_output)]
    )
    return NumberPart(feature, tuple(slots), chains, checks, _compute_missing(feature, operations, slots))


def _find_chain(slot: int, by_output: dict[int, Operation]) -> Chain:
    """Follow a slot back to the feature, a number that is there."""
    operations: list[Operation] = []
    constant = None
    while slot in by_output:
        operation = by_output[slot]
        if isinstance(operation, IsMissing):
            constant = 0.0
            break
        if not isinstance(operation, FillNumber):
            operations.insert(0, operation)
        (slot,) = operation.inputs
    return Chain(tuple(operation.row_function() for operation in operations), tuple(operations), constant)


def _only_missing(operation: Operation) -> bool:
    """Say whether an operation fails for missing values only."""
    return isinstance(operation, Require) and not operation.infinite and not operation.single_precision


def _compute_missing(feature: int, operations: Sequence[Operation], slots: Sequence[int]) -> Point:
    values = {feature: math.nan}
    try:
        for operation in operations:
            result = operation.row_function()(*[values[slot] for slot in operation.inputs])
            values.update(zip(operation.outputs, result if operation.MANY else (result,), strict=True))
    except RowFailure:
        return None
    return [values[slot] for slot in slots]


@dataclass(frozen=True)
class Line:
    """``(x - center) * slope + offset``."""

    center: float
    slope: float
    offset: float


LARGEST = 1e150
"""Up to here a number can be shifted and scaled in any way that `is_moderate` allows and stays finite.

A line is not: with the coefficient in its slope, it may be finite where what the pipeline scales is not.
"""

_LARGEST_OFFSET = 1e3
"""Beyond it the sum would lose digits that the pipeline, which adds the offset to its own term first, keeps."""


def is_moderate(operation: ShiftScale | ScaleShift) -> bool:
    """Say whether no number up to `LARGEST` can become infinite."""
    return abs(operation.shift) <= LARGEST and 1 / LARGEST <= abs(operation.scale) <= LARGEST


def find_line(chain: Chain, coefficient: float) -> tuple[tuple[Function, ...], Line]:
    """Return a chain times a coefficient as a line, as far as that is as exact, and the functions before it.

    Parameters
    ----------
    chain : Chain
        Not of a constant.
    coefficient : float

    Returns
    -------
    functions : tuple of callable
        That the number goes through first.
    line : Line
    """
    last = chain.operations[-1] if chain.operations else None
    if isinstance(last, ShiftScale) and is_moderate(last):
        return chain.functions[:-1], Line(last.shift, coefficient / last.scale, 0.0)
    if isinstance(last, ScaleShift) and is_moderate(last) and abs(last.shift) <= _LARGEST_OFFSET:
        return chain.functions[:-1], Line(0.0, coefficient * last.scale, coefficient * last.shift)
    return chain.functions, Line(0.0, coefficient, 0.0)
