"""Operations on several numbers: missing if any of them is."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from regression_model.compiled.columns import Column, Flags, Floats
from regression_model.compiled.operations.base import Operation, RowFunction
from regression_model.compiled.operations.fields import Fields


@dataclass(frozen=True)
class _Arithmetic(Operation):
    EXACTLY_TWO: ClassVar[bool] = False

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the slots; see `Operation.read`."""
        sources = fields.sources("number")
        if cls.EXACTLY_TWO and len(sources) != 2:
            fields.refuse(f"reads {len(sources)} slots; expected 2")
        return cls(sources, (fields.target(),))

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        del failed
        with np.errstate(all="ignore"):
            return [self.combine([np.asarray(column) for column in columns])]

    @abstractmethod
    def combine(self, columns: Sequence[NDArray[Any]]) -> Floats:
        """Compute the new column."""


@dataclass(frozen=True)
class Sum(_Arithmetic):
    """The sum, from left to right."""

    NAME = "sum"

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        if len(self.inputs) == 2:
            return _add

        def add_all(*numbers: float) -> float:
            return reduce(_add, numbers)

        return add_all

    def combine(self, columns: Sequence[NDArray[Any]]) -> Floats:
        """Compute the new column."""
        return reduce(np.add, columns)


@dataclass(frozen=True)
class Product(_Arithmetic):
    """The product, from left to right."""

    NAME = "product"

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""

        def multiply_all(*numbers: float) -> float:
            result = numbers[0]
            for number in numbers[1:]:
                result *= number
            return result

        return multiply_all

    def combine(self, columns: Sequence[NDArray[Any]]) -> Floats:
        """Compute the new column."""
        return reduce(np.multiply, columns)


@dataclass(frozen=True)
class Difference(_Arithmetic):
    """The first number less the second."""

    NAME = "difference"
    EXACTLY_TWO = True

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""

        def difference(first: float, second: float) -> float:
            return first - second

        return difference

    def combine(self, columns: Sequence[NDArray[Any]]) -> Floats:
        """Compute the new column."""
        difference: Floats = columns[0] - columns[1]
        return difference


@dataclass(frozen=True)
class Ratio(_Arithmetic):
    """The first number by the second; missing if that is zero."""

    NAME = "ratio"
    EXACTLY_TWO = True

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""

        def ratio(first: float, second: float) -> float:
            return first / second if second else math.nan

        return ratio

    def combine(self, columns: Sequence[NDArray[Any]]) -> Floats:
        """Compute the new column."""
        ratio: Floats = columns[0] / np.where(columns[1] == 0, np.nan, columns[1])
        return ratio


def _add(first: float, second: float) -> float:
    return first + second
