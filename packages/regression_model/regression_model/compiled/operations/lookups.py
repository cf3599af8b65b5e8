"""Numbers from a reference table, found by key."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from regression_model.compiled.columns import Column, Flags, Floats, Texts
from regression_model.compiled.operations.base import Operation, RowFunction
from regression_model.compiled.operations.fields import Fields, check_same_length


@dataclass(frozen=True, eq=False)
class LookupKey(Operation):
    """The numbers of the table's row that has the same key; missing where there is none.

    Attributes
    ----------
    keys : tuple of tuple
        For each input the texts or numbers of the table's rows.
    values : ndarray of shape (n_table_rows + 1, n_outputs)
        The numbers of the table's rows, and missing ones at the end.
    """

    keys: tuple[tuple[Any, ...], ...]
    values: Floats = field(repr=False)

    NAME = "lookup_key"
    MANY = True

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        sources = fields.sources("number", "text")
        lists = fields.take("keys")
        if not isinstance(lists, list) or len(lists) != len(sources):
            fields.refuse("has 'keys' that are no list with an entry for each slot that is read")
        keys = tuple(
            fields.as_texts(key, "keys") if fields.kind(source) == "text" else fields.as_numbers(key, "keys")
            for source, key in zip(sources, lists, strict=True)
        )
        values, targets = read_values(fields)
        check_same_length(fields, "'keys' and 'values'", len(values) - 1, *map(len, keys))
        if len(set(zip(*keys, strict=True))) < len(values) - 1:
            fields.refuse("has a key twice")
        return cls(sources, targets, keys, values)

    @property
    def mentioned_texts(self) -> Collection[str]:
        """The texts that the operation knows; see `Operation.mentioned_texts`."""
        return [text for key in self.keys for text in key if isinstance(text, str)]

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        rows: list[list[float]] = self.values.tolist()
        found = dict(zip(zip(*self.keys, strict=True), rows, strict=False))
        nothing = [math.nan] * len(self.outputs)

        def lookup_key(*key: Any) -> list[float]:  # noqa: ANN401 - of any kind
            return found.get(key, nothing)  # NaN equals nothing, and None is in no table

        return lookup_key

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        positions = {key: row for row, key in enumerate(zip(*self.keys, strict=True))}
        codes, unique = _combine([_encode(column) for column in columns], len(failed))
        found = np.array([positions.get(key, -1) for key in unique], dtype=np.intp)[codes]
        return [np.ascontiguousarray(column) for column in self.values[found].T]


def read_values(fields: Fields) -> tuple[Floats, tuple[int, ...]]:
    """Read the numbers that a lookup adds, with a row of missing ones at the end, and the slots that they go to."""
    table, targets = fields.array("values", "f", 2), fields.targets()
    if table.shape[1] != len(targets):
        fields.refuse(f"has 'values' with {table.shape[1]} columns for {len(targets)} slots")
    return np.vstack([table.astype(np.float64), np.full((1, len(targets)), np.nan)]), targets


def _encode(column: Column) -> tuple[np.ndarray[Any, Any], list[Any]]:
    """Return a code for each row, and the value that each code stands for."""
    if isinstance(column, Texts):
        n_texts = len(column.values)
        return np.where(column.codes < 0, n_texts, column.codes).astype(np.intp), [*column.values, None]
    values, codes = np.unique(column, return_inverse=True)
    return codes, values.tolist()


def _combine(
    encoded: list[tuple[np.ndarray[Any, Any], list[Any]]], n_rows: int
) -> tuple[np.ndarray[Any, Any], list[tuple[Any, ...]]]:
    """Return a code for each row's key, and the keys, each once."""
    codes: np.ndarray[Any, Any] = np.zeros(n_rows, dtype=np.intp)
    keys: list[tuple[Any, ...]] = [()]
    for own, values in encoded:
        together, codes = np.unique(codes * len(values) + own, return_inverse=True)
        keys = [(*keys[code // len(values)], values[code % len(values)]) for code in together.tolist()]
    return codes, keys
