"""What an operation is: a few slots in, a few slots out, for one row or for columns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from regression_model.compiled.columns import (
    Column,
    Flags,
    Floats,
    Kind,
    Texts,
    map_texts,
    map_texts_to_numbers,
)
from regression_model.compiled.operations.fields import Fields

RowFunction = Callable[..., Any]


@dataclass(frozen=True)
class Operation(ABC):
    """One kind of operation with its parameters.

    It computes the same for one row as for columns, value by value, to the last bits. It changes nothing that it is
    given, keeps no state, and has no result for a row where the pipeline would have raised: then `row_function` raises
    `RowFailure`, and `apply_columns` sets the flag of that row and leaves any value in its place.

    Attributes
    ----------
    inputs, outputs : tuple of int
        Slots.
    """

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    NAME: ClassVar[str]
    """As the document calls it under ``"op"``."""

    MANY: ClassVar[bool] = False
    """Whether the answer is a sequence with an entry for each output, or the value of the only output."""

    CAN_FAIL: ClassVar[bool] = False
    """Whether there are rows without a result. Whoever leaves such an operation out, changes what is answered."""

    SHARES_ARRAYS: ClassVar[bool] = False
    """Whether the operation keeps the arrays that it names, and nothing made of them for itself alone."""

    @classmethod
    @abstractmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters from the document.

        Raises
        ------
        ArtifactIntegrityError
            If one of them is not as it has to be.
        """

    @property
    def output_kinds(self) -> tuple[Kind, ...]:
        """What the outputs hold; numbers, if nothing else is said."""
        return tuple("number" for _ in self.outputs)

    @property
    def mentioned_texts(self) -> Collection[str]:
        """The texts that the operation knows; it treats all others alike, or passes them on as they are."""
        return ()

    @abstractmethod
    def row_function(self) -> RowFunction:
        """Return the function for one row: from the values of the inputs, in order, to the answer."""

    @abstractmethod
    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute whole columns.

        Parameters
        ----------
        columns : sequence of column
            One for each input.
        failed : ndarray of bool of shape (n_rows,)
            Set where a row has no result.

        Returns
        -------
        sequence of column
            One for each output.
        """


@dataclass(frozen=True)
class NumberOperation(Operation):
    """From one number to one number."""

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute a column; see `Operation.apply_columns`."""
        (column,) = columns
        with np.errstate(all="ignore"):
            return [self.apply_numbers(np.asarray(column), failed)]

    @abstractmethod
    def apply_numbers(self, numbers: Floats, failed: Flags) -> Floats:
        """Compute a column of numbers, warnings of NumPy being off."""


@dataclass(frozen=True)
class TextOperation(Operation):
    """From one text: each different text of a column is computed once, by the function for one row."""

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        (column,) = columns
        assert isinstance(column, Texts)
        function = self.row_function()
        if self.output_kinds == ("text",):
            return [map_texts(column, function, failed)]
        return [map_texts_to_numbers(column, function, failed)]
