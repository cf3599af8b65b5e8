"""A value drawn from the training values in place of a missing one, by the content of the row."""

from __future__ import annotations

import hashlib
import math
import struct
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from regression_model.compiled.columns import Column, Flags, Kind, Texts
from regression_model.compiled.operations.base import Operation, RowFunction
from regression_model.compiled.operations.fields import Fields, check_array_finite, check_same_length
from regression_model.compiled.operations.missing import find_missing

_MISSING_CODE = 0xA0761D6478BD642F
_MASK = 2**64 - 1
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - in UTC, as all dates here
_MICROSECOND = timedelta(microseconds=1)

Codes = NDArray[np.uint64]


@dataclass(frozen=True)
class Draw(Operation):
    """A training value where the value of the first input is missing, drawn by a hash of the others.

    What is drawn is defined in the notes of `regression_model.transformers.RowSeededSampleImputer`.

    Attributes
    ----------
    kind : {"number", "text"}
    seed_kinds : tuple of kind
        What the other inputs hold.
    state : int
        Of the generator, before it has seen the row.
    values : tuple of float or str
        Different training values in ascending order.
    cumulative_counts : tuple of int
        How many training values are not greater than each of those.
    """

    kind: Kind
    seed_kinds: tuple[Kind, ...]
    state: int
    values: tuple[float, ...] | tuple[str, ...]
    cumulative_counts: tuple[int, ...]

    NAME = "draw"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        kind: Kind = "number" if fields.choice("kind", ("number", "text")) == "number" else "text"
        source, seeds = fields.source(kind), fields.sources(key="seeds")
        values: tuple[float, ...] | tuple[str, ...]
        if kind == "number":
            numbers = fields.array("values", "f", 1)
            check_array_finite(fields, numbers, "'values'")
            values = tuple(map(float, numbers))
        else:
            values = fields.texts("values")
        counts = tuple(map(int, fields.array("cumulative_counts", "i", 1)))
        check_same_length(fields, "'values' and 'cumulative_counts'", len(values), len(counts))
        if not counts or any(second <= first for first, second in zip((0, *counts), counts, strict=False)):
            fields.refuse("has 'cumulative_counts' that do not rise from above 0")
        state = fields.whole("state", 2**64)
        kinds = tuple(fields.kind(seed) for seed in seeds)
        return cls((source, *seeds), (fields.target(),), kind, kinds, state, values, counts)

    @property
    def output_kinds(self) -> tuple[Kind, ...]:
        """What the output holds."""
        return (self.kind,)

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        encoders = [_CELL_ENCODERS[kind] for kind in self.seed_kinds]
        values, counts, start = self.values, self.cumulative_counts, self.state

        def draw(value: Any, *seeds: Any) -> Any:  # noqa: ANN401 - of any kind
            if value is not None and value == value:  # noqa: PLR0124 - NaN alone differs from itself
                return value
            state = start
            for encode, seed in zip(encoders, seeds, strict=True):
                state = _mix(state ^ encode(seed))
            return values[bisect_right(counts, state % counts[-1])]

        return draw

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        del failed
        column, *seeds = columns
        holes = np.flatnonzero(find_missing(column))
        if not len(holes):
            return [column]
        state = np.full(len(holes), self.state, dtype=np.uint64)
        for kind, seed in zip(self.seed_kinds, seeds, strict=True):
            state = _mix_all(state ^ _encode_column(kind, seed.take(holes)))
        counts = np.array(self.cumulative_counts, dtype=np.int64)
        drawn = np.searchsorted(counts, (state % np.uint64(counts[-1])).astype(np.int64), side="right")
        if not isinstance(column, Texts):
            numbers = column.copy()
            numbers[holes] = np.array(self.values, dtype=np.float64)[drawn]
            return [numbers]
        filled = column.codes.astype(np.int32)
        filled[holes] = drawn + len(column.values)
        return [Texts(filled, [*column.values, *map(str, self.values)])]


def _encode_number(number: float) -> int:
    if math.isnan(number):
        return _MISSING_CODE
    code: int = struct.unpack("<Q", struct.pack("<d", number + 0.0))[0]  # -0.0 becomes 0.0, its equal
    return code


def _encode_text(text: str | None) -> int:
    if text is None:
        return _MISSING_CODE
    return int.from_bytes(hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "little")


def _encode_date(date: datetime | None) -> int:
    return _MISSING_CODE if date is None else ((date - _EPOCH) // _MICROSECOND * 1000) & _MASK


_CELL_ENCODERS: dict[Kind, Callable[[Any], int]] = {
    "number": _encode_number,
    "text": _encode_text,
    "date": _encode_date,
}


def _encode_column(kind: Kind, column: Column) -> Codes:
    if isinstance(column, Texts):
        used = np.unique(column.codes)
        table = np.full(len(column.values) + 1, _MISSING_CODE, dtype=np.uint64)
        for code in used[used >= 0].tolist():
            table[code] = _encode_text(column.values[code])
        return np.asarray(table[column.codes])
    bits = column + 0.0 if kind == "number" else column.astype("datetime64[us]").astype(np.int64) * 1000
    return np.where(find_missing(column), np.uint64(_MISSING_CODE), bits.view(np.uint64))


def _mix(state: int) -> int:
    """Take a step of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014)."""
    state = (state + 0x9E3779B97F4A7C15) & _MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
    return state ^ (state >> 31)


def _mix_all(state: Codes) -> Codes:
    state = state + np.uint64(0x9E3779B97F4A7C15)  # integers of an array wrap around, as the algorithm wants
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
