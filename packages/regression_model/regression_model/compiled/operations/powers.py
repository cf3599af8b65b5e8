"""Operations that bend one number: logarithms and powers."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Self

import numpy as np

from regression_model.compiled.columns import Flags, Floats, RowFailure
from regression_model.compiled.operations.base import NumberOperation, RowFunction
from regression_model.compiled.operations.fields import Fields


@dataclass(frozen=True)
class Log(NumberOperation):
    """The natural logarithm; zero and negative numbers have none, missing stays missing."""

    NAME = "log"
    CAN_FAIL = True

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        return cls((fields.source("number"),), (fields.target(),))

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""

        def logarithm(number: float, log: RowFunction = math.log) -> float:
            if number <= 0:
                raise RowFailure
            result: float = log(number)
            return result

        return logarithm

    def apply_numbers(self, numbers: Floats, failed: Flags) -> Floats:
        """Compute a column; see `NumberOperation.apply_numbers`."""
        failed |= numbers <= 0
        return np.log(numbers)


@dataclass(frozen=True)
class LogPlusOne(NumberOperation):
    """The natural logarithm of one plus the number, exact for small ones; none for -1 and below."""

    NAME = "log1p"
    CAN_FAIL = True

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        return cls((fields.source("number"),), (fields.target(),))

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""

        def log_plus_one(number: float) -> float:
            if number <= -1:
                raise RowFailure
            return math.log1p(number)

        return log_plus_one

    def apply_numbers(self, numbers: Floats, failed: Flags) -> Floats:
        """Compute a column; see `NumberOperation.apply_numbers`."""
        failed |= numbers <= -1
        return np.log1p(numbers)


@dataclass(frozen=True)
class YeoJohnson(NumberOperation):
    """The power family of Yeo and Johnson (Biometrika 87, 2000), in the form that SciPy computes.

    A result too large for a float is infinite.
    """

    power: float

    NAME = "yeo_johnson"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        return cls((fields.source("number"),), (fields.target(),), fields.number("power"))

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        upper, lower = self.power, 2 - self.power

        def yeo_johnson(number: float) -> float:
            if number >= 0:
                return _bend(number, upper, vanishing=abs(upper) < sys.float_info.epsilon)
            return -_bend(-number, lower, vanishing=abs(lower) <= sys.float_info.epsilon)

        return yeo_johnson

    def apply_numbers(self, numbers: Floats, failed: Flags) -> Floats:
        """Compute a column; see `NumberOperation.apply_numbers`."""
        del failed
        upper, lower = self.power, 2 - self.power
        grown = np.log1p(np.abs(numbers))
        above = grown if abs(upper) < sys.float_info.epsilon else np.expm1(upper * grown) / upper
        below = grown if abs(lower) <= sys.float_info.epsilon else np.expm1(lower * grown) / lower
        return np.where(numbers >= 0, above, -below)


def _bend(size: float, power: float, *, vanishing: bool) -> float:
    grown = math.log1p(size)
    if vanishing:
        return grown
    try:
        return math.expm1(power * grown) / power
    except OverflowError:
        return math.inf / power
