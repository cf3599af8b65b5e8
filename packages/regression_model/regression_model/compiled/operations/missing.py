"""Operations that ask whether there is a value, or bring one from nowhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, cast

import numpy as np

from regression_model.compiled.columns import KINDS, Column, Flags, Floats, Kind, Texts
from regression_model.compiled.operations.base import Operation, RowFunction
from regression_model.compiled.operations.fields import Fields


def find_missing(column: Column) -> Flags:
    """Say for each row whether its value is missing."""
    if isinstance(column, Texts):
        return np.asarray(column.codes < 0)
    return np.asarray(np.isnat(column) if column.dtype.kind == "M" else np.isnan(column))


@dataclass(frozen=True)
class IsMissing(Operation):
    """1.0 where a value of any kind is missing, 0.0 elsewhere."""

    NAME = "is_missing"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        return cls((fields.source(),), (fields.target(),))

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""

        def is_missing(value: Any) -> float:  # noqa: ANN401 - of any kind
            # NaN alone differs from itself.
            return 1.0 if value is None or value != value else 0.0  # noqa: PLR0124

        return is_missing

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        del failed
        return [find_missing(columns[0]).astype(np.float64)]


@dataclass(frozen=True)
class FirstKnown(Operation):
    """The first of several numbers that is not missing; missing if all are."""

    NAME = "first_known"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the slots; see `Operation.read`."""
        return cls(fields.sources("number"), (fields.target(),))

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""

        def first_known(*numbers: float) -> float:
            for number in numbers:
                if number == number:  # noqa: PLR0124 - NaN alone differs from itself
                    return number
            return math.nan

        return first_known

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        del failed
        result = np.asarray(columns[0])
        for column in columns[1:]:
            result = np.where(np.isnan(result), np.asarray(column), result)
        return [result]


@dataclass(frozen=True)
class Constant(Operation):
    """The same value for each row.

    Attributes
    ----------
    kind : {"number", "text", "date"}
    value : float or str or datetime or None
        NaN for a missing number, None for another missing value.
    """

    kind: Kind
    value: float | str | datetime | None

    NAME = "constant"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        kind = cast(Kind, fields.choice("kind", KINDS))
        target = fields.target()
        value: float | str | datetime | None
        if kind == "number":
            number = fields.number_or_null("value")
            value = math.nan if number is None else number
        else:
            text = fields.text_or_null("value")
            value = _read_date(fields, text) if kind == "date" and text is not None else text
        return cls((), (target,), kind, value)

    @property
    def output_kinds(self) -> tuple[Kind, ...]:
        """What the output holds."""
        return (self.kind,)

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        value = self.value

        def constant() -> float | str | datetime | None:
            return value

        return constant

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        del columns
        n_rows = len(failed)
        if self.kind == "number":
            numbers: Floats = np.full(n_rows, self.value, dtype=np.float64)
            return [numbers]
        if self.kind == "date":
            return [np.full(n_rows, self.value, dtype="datetime64[us]")]
        known = [] if self.value is None else [str(self.value)]
        return [Texts(np.full(n_rows, len(known) - 1, dtype=np.int32), known)]


def _read_date(fields: Fields, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        fields.refuse("has a 'value' that is no date without zone in ISO 8601")
    return moment
