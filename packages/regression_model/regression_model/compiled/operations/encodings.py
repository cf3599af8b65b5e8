"""Operations from one text to numbers."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from regression_model.compiled.columns import Column, Flags, RowFailure, Texts
from regression_model.compiled.operations.base import Operation, RowFunction, TextOperation
from regression_model.compiled.operations.fields import Fields

_FAIL, _MISSING = "fail", "missing"


@dataclass(frozen=True)
class MapText(TextOperation):
    """The number of a text.

    Attributes
    ----------
    table : dict of str to float
    unseen, missing : float or {"fail", "missing"}
        What a text is that is not in the table, and a missing one: a number, none for the row, or a missing number.
    """

    table: dict[str, float]
    unseen: float | str
    missing: float | str

    NAME = "map_text"
    CAN_FAIL = True

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        return cls(
            (fields.source("text"),),
            (fields.target(),),
            fields.table("table"),
            fields.number_or_word("unseen", (_FAIL, _MISSING)),
            fields.number_or_word("missing", (_FAIL, _MISSING)),
        )

    @property
    def mentioned_texts(self) -> Collection[str]:
        """The texts that the operation knows; see `Operation.mentioned_texts`."""
        return self.table

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        table: dict[Any, Any] = dict(self.table)
        table[None] = self.missing
        unseen: Any = self.unseen

        def map_text(text: str | None) -> float:
            number = table.get(text, unseen)
            if number == _FAIL:
                raise RowFailure
            return math.nan if number == _MISSING else float(number)

        return map_text


@dataclass(frozen=True)
class OneHot(Operation):
    """1.0 for the category that a text is, 0.0 for the others; zeros for one that is none of them.

    Attributes
    ----------
    categories : tuple of str
        One for each output.
    missing : {"fail", "zeros"}
        What a missing text is.
    """

    categories: tuple[str, ...]
    missing: str

    NAME = "one_hot"
    MANY = True
    CAN_FAIL = True

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        source, targets = fields.source("text"), fields.targets()
        one_hot = cls((source,), targets, fields.texts("categories"), fields.choice("missing", (_FAIL, "zeros")))
        if len(targets) != len(set(one_hot.categories)) or len(targets) != len(one_hot.categories):
            fields.refuse(
                f"has {len(one_hot.categories)} categories for {len(targets)} slots; expected as many, each once"
            )
        return one_hot

    @property
    def mentioned_texts(self) -> Collection[str]:
        """The texts that the operation knows; see `Operation.mentioned_texts`."""
        return self.categories

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        positions: dict[str | None, int] = {}
        positions.update(zip(self.categories, range(len(self.categories)), strict=True))
        zeros = [0.0] * len(self.categories)
        fails = self.missing == _FAIL

        def one_hot(text: str | None) -> list[float]:
            if text is None and fails:
                raise RowFailure
            row = zeros[:]
            position = positions.get(text)
            if position is not None:
                row[position] = 1.0
            return row

        return one_hot

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        (column,) = columns
        assert isinstance(column, Texts)
        if self.missing == _FAIL:
            failed |= column.codes < 0
        positions = {category: position for position, category in enumerate(self.categories)}
        found = np.array([positions.get(text, -1) for text in [*column.values, ""]], dtype=np.intp)
        found[-1] = -1  # what a missing text is, whose code is -1
        of_row = found[column.codes]
        return [(of_row == position).astype(np.float64) for position in range(len(self.categories))]
