"""Columns of values, as the compiled form computes with them for many rows at once.

A number is float64 with NaN for missing, a date datetime64[us] in UTC with NaT for missing, and text is a table of the
different texts with a code for each row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Kind = Literal["number", "text", "date"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Texts:
    """A column of text.

    Attributes
    ----------
    codes : ndarray of int of shape (n_rows,)
        Positions in ``values``; -1 for missing.
    values : sequence of str
        Different texts; some of them may be in no row.
    """

    codes: NDArray[np.signedinteger[Any]]
    values: Sequence[str]

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: NDArray[Any]) -> Texts:
        """Return some of the rows."""
        return Texts(self.codes[rows], self.values)

    def to_list(self) -> list[str | None]:
        """Return the text of each row, None for missing."""
        known = [*self.values, None]
        return [known[code] for code in self.codes.tolist()]


Column = NDArray[Any] | Texts
"""float64, datetime64[us], or text."""


class RowFailure(Exception):
    """An operation has no result for a row, as the pipeline would have raised."""


def map_texts(column: Texts, function: Callable[[str | None], str | None], failed: Flags) -> Texts:
    """Apply a function of one text to a column, once for each different text.

    Parameters
    ----------
    column : Texts
    function : callable
        May raise `RowFailure`.
    failed : ndarray of bool of shape (n_rows,)
        Set where the function failed.

    Returns
    -------
    Texts
    """
    results, unusable = _apply(column, function)
    codes: dict[str, int] = {}
    recoded = [-1 if result is None else codes.setdefault(result, len(codes)) for result in results]
    if unusable is not None:
        failed |= unusable[column.codes]
    return Texts(np.array(recoded, dtype=np.int32)[column.codes], list(codes))


def map_texts_to_numbers(column: Texts, function: Callable[[str | None], float], failed: Flags) -> Floats:
    """Apply a function from a text to a number to a column; see `map_texts`.

    Returns
    -------
    ndarray of shape (n_rows,)
        NaN where the function failed.
    """
    results, unusable = _apply(column, function)
    if unusable is not None:
        failed |= unusable[column.codes]
    table: Floats = np.array(results, dtype=np.float64)  # None becomes NaN
    numbers: Floats = table[column.codes]  # a missing text has code -1: the last of the table
    return numbers


def _apply(column: Texts, function: Callable[[str | None], Any]) -> tuple[list[Any], Flags | None]:
    """Compute the result of each text and, at the end, of a missing one; None where there is none."""
    results: list[Any] = []
    unusable: list[int] = []
    for position, text in enumerate([*column.values, None]):
        try:
            results.append(function(text))
        except RowFailure:
            unusable.append(position)
            results.append(None)
    if not unusable:
        return results, None
    flags = np.zeros(len(results), dtype=bool)
    flags[unusable] = True
    return results, flags
