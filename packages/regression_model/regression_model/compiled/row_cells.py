"""Reads the cells of one row that are numbers or dates: each function takes one value and refuses what is unusual.

What is refused is not wrong yet: an `OddValueError` only says that the row has to be looked at more closely.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from regression_model.compiled.row_numbers import LARGEST, Line
from regression_model.compiled.row_tables import OddValueError, Result
from regression_model.schema import PARSERS, Feature

Cell = Callable[[Any], Result]

INTEGER_TYPES, NUMBER_TYPES = frozenset((int,)), frozenset((int, float))
"""Of the usual cells of features of integers and of numbers, where none is missing."""
OFTEN_MISSING = 0.002
"""Share of missing values from which a feature is not expected to have one in each row."""


def read_term(
    feature: Feature, functions: tuple[Callable[[float], float], ...], line: Line, missing: float | None
) -> Cell[float]:
    """Make the function for a feature of numbers whose answer is a line of what some functions make of it.

    Parameters
    ----------
    feature : Feature
    functions : tuple of callable
        Applied to the number one after the other, before the line.
    line : Line
    missing : float or None
        The answer for a missing value; None if it is to be refused.
    """
    center, slope, offset = line.center, line.slope, line.offset

    def find_term(value: float) -> float:
        for function in functions:
            value = function(value)
        if not -LARGEST <= value <= LARGEST:
            raise OddValueError
        return (value - center) * slope + offset

    return read_number(feature, find_term, missing)


def read_number(feature: Feature, present: Callable[[float], Result], missing: Result | None) -> Cell[Result]:
    """Make the function for a feature of numbers.

    Parameters
    ----------
    feature : Feature
    present : callable
        From a finite number to the answer.
    missing : object or None
        The answer for a missing value; None if it is to be refused.
    """
    bound = -math.inf if feature.exclusive_minimum is None else feature.exclusive_minimum
    is_integer = feature.dtype == "integer"
    missing = missing if feature.nullable else None

    def read(value: Any) -> Result:  # noqa: ANN401 - anything may be sent
        if value.__class__ is int:
            value = float(value)
        elif value.__class__ is float:
            if value - value != 0.0 or (is_integer and not value.is_integer()):
                raise OddValueError
        elif value is None and missing is not None:
            return missing
        else:
            raise OddValueError
        if value <= bound:
            raise OddValueError
        return present(value)

    return read


def read_value(feature: Feature, missing_values: tuple[str, ...]) -> Cell[Any]:
    """Make the function that returns the value itself, as `regression_model.schema.check_row` does."""
    if feature.dtype in ("number", "integer"):
        return read_term(feature, (), Line(0.0, 1.0, 0.0), math.nan)
    parse, nullable, unknown = PARSERS[feature.dtype], feature.nullable, frozenset(missing_values)

    def read(value: Any) -> Any:  # noqa: ANN401 - anything may be sent
        value = None if value.__class__ is str and value in unknown else parse(value)
        if not nullable and (value is None or value != value):  # noqa: PLR0124 - NaN alone differs from itself
            raise OddValueError
        return value

    return read
