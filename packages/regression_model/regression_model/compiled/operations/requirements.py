"""The operation that refuses rows, as scikit-learn and feature-engine refuse the values that a step can't take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from regression_model.compiled.columns import Column, Flags, RowFailure, Texts
from regression_model.compiled.operations.base import Operation, RowFunction
from regression_model.compiled.operations.fields import Fields
from regression_model.compiled.operations.missing import find_missing

_INFINITE_SINGLE = 2.0**128 - 2.0**103
"""The least number that is rounded to an infinite one of 32 bits."""


@dataclass(frozen=True)
class Require(Operation):
    """No result for a row where one of the values is not as it has to be.

    Attributes
    ----------
    missing, infinite : bool
        Whether a missing or an infinite value is refused. Only numbers are infinite.
    single_precision : bool
        Whether a finite number is refused that is that is infinite in 32 bits.
    """

    missing: bool
    infinite: bool
    single_precision: bool

    NAME = "require"
    MANY = True
    CAN_FAIL = True

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        sources = fields.sources()
        return cls(sources, (), fields.flag("missing"), fields.flag("infinite"), fields.flag("single_precision"))

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        missing, infinite, single = self.missing, self.infinite, self.single_precision

        def require(*values: Any) -> tuple[()]:  # noqa: ANN401 - of any kind
            for value in values:
                if value.__class__ is not float:
                    if missing and value is None:
                        raise RowFailure
                elif value != value:  # noqa: PLR0124 - NaN alone differs from itself
                    if missing:
                        raise RowFailure
                elif math.isinf(value):
                    if infinite:
                        raise RowFailure
                elif single and abs(value) >= _INFINITE_SINGLE:
                    raise RowFailure
            return ()

        return require

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        for column in columns:
            if self.missing:
                failed |= find_missing(column)
            if isinstance(column, Texts) or column.dtype.kind != "f":
                continue
            if self.infinite:
                failed |= np.isinf(column)
            if self.single_precision:
                failed |= (np.abs(column) >= _INFINITE_SINGLE) & ~np.isinf(column)
        return []
