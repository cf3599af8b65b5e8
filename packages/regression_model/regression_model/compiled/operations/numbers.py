"""Operations on one number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from regression_model.compiled.columns import Flags, Floats
from regression_model.compiled.operations.base import NumberOperation, RowFunction
from regression_model.compiled.operations.fields import Fields


@dataclass(frozen=True)
class FillNumber(NumberOperation):
    """A value in place of a missing one."""

    value: float

    NAME = "fill_number"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        return cls((fields.source("number"),), (fields.target(),), fields.number("value"))

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        value = self.value

        def fill_number(number: float) -> float:
            return value if number != number else number  # noqa: PLR0124 - NaN alone differs from itself

        return fill_number

    def apply_numbers(self, numbers: Floats, failed: Flags) -> Floats:
        """Compute a column; see `NumberOperation.apply_numbers`."""
        del failed
        return np.where(np.isnan(numbers), self.value, numbers)


@dataclass(frozen=True)
class ShiftScale(NumberOperation):
    """``(x - shift) / scale``."""

    shift: float
    scale: float

    NAME = "shift_scale"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        shift_scale = cls(
            (fields.source("number"),), (fields.target(),), fields.number("shift"), fields.number("scale")
        )
        if shift_scale.scale == 0:
            fields.refuse("divides by a 'scale' of 0")
        return shift_scale

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        shift, scale = self.shift, self.scale

        def shift_scale(number: float) -> float:
            return (number - shift) / scale

        return shift_scale

    def apply_numbers(self, numbers: Floats, failed: Flags) -> Floats:
        """Compute a column; see `NumberOperation.apply_numbers`."""
        del failed
        shifted: Floats = numbers - self.shift
        shifted /= self.scale
        return shifted


@dataclass(frozen=True)
class ScaleShift(NumberOperation):
    """``x * scale + shift``."""

    scale: float
    shift: float

    NAME = "scale_shift"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        return cls((fields.source("number"),), (fields.target(),), fields.number("scale"), fields.number("shift"))

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        shift, scale = self.shift, self.scale

        def scale_shift(number: float) -> float:
            return number * scale + shift

        return scale_shift

    def apply_numbers(self, numbers: Floats, failed: Flags) -> Floats:
        """Compute a column; see `NumberOperation.apply_numbers`."""
        del failed
        scaled: Floats = numbers * self.scale
        scaled += self.shift
        return scaled


@dataclass(frozen=True)
class Clip(NumberOperation):
    """The nearest number that is not below ``lower`` and not above ``upper``; missing stays missing."""

    lower: float | None
    upper: float | None

    NAME = "clip"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        source, target = fields.source("number"), fields.target()
        return cls((source,), (target,), fields.number_or_null("lower"), fields.number_or_null("upper"))

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        lower = -np.inf if self.lower is None else self.lower
        upper = np.inf if self.upper is None else self.upper

        def clip(number: float) -> float:
            number = max(number, lower)
            return upper if number > upper else number

        return clip

    def apply_numbers(self, numbers: Floats, failed: Flags) -> Floats:
        """Compute a column; see `NumberOperation.apply_numbers`."""
        del failed
        if self.lower is None and self.upper is None:
            return numbers
        return np.clip(numbers, self.lower, self.upper)


@dataclass(frozen=True)
class Above(NumberOperation):
    """1.0 for a number above the threshold, 0.0 for another; missing stays missing."""

    threshold: float

    NAME = "above"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        return cls((fields.source("number"),), (fields.target(),), fields.number("threshold"))

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        threshold = self.threshold

        def above(number: float) -> float:
            if number > threshold:
                return 1.0
            return 0.0 if number <= threshold else number

        return above

    def apply_numbers(self, numbers: Floats, failed: Flags) -> Floats:
        """Compute a column; see `NumberOperation.apply_numbers`."""
        del failed
        return np.where(np.isnan(numbers), np.nan, (numbers > self.threshold).astype(np.float64))
