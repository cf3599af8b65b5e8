"""Blocks of CSV straight into arrays, by pyarrow: only those that pyarrow and the csv module read the same.

What is not the same, or may not be, is found by looking at the block: lone carriage returns, quotes that are not
around a whole cell, cells longer than the csv module takes, bytes that are no text. What is a number to pyarrow and not
to `regression_model.schema`, or the other way round, is found in what comes out.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regression_model.predict.readers.arrow_columns import list_texts, to_floats, to_texts
from regression_model.predict.readers.base import Chunk, Columns
from regression_model.schema import Schema
from regression_model.schema.values import MISSING_MARKERS

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE_FEED, _CARRIAGE_RETURN, _QUOTE = b'\n\r"'


def is_arrow_installed() -> bool:
    """Say whether pyarrow can be imported."""
    try:
        import pyarrow.csv  # noqa: F401 - only whether it is there, and fits the other libraries
    except ImportError:
        return False
    return True


class CsvArrays:
    """Parses blocks of whole lines.

    Parameters
    ----------
    header : sequence of str
    delimiter : str
    schema : Schema
        Numbers become arrays, everything else `regression_model.compiled.Texts`.
    kept : sequence of str
        Columns to copy, letter by letter.
    """

    def __init__(self, header: Sequence[str], delimiter: str, schema: Schema, kept: Sequence[str]) -> None:
        import pyarrow as pa

        # Columns are called by their places, because pyarrow need not like their names.
        self._names = [str(place) for place in range(len(header))]
        places = dict(zip(header, self._names, strict=True))
        self._features = {name: places[name] for name in schema.names if name in places}
        self._kept = {name: places[name] for name in kept}
        self._delimiter = delimiter
        self._missing = [*_spell_markers(), *schema.missing_values]
        texts = pa.dictionary(pa.int32(), pa.string())
        self._as_texts = dict.fromkeys(self._kept.values(), pa.string()) | dict.fromkeys(self._features.values(), texts)
        numbers = {self._features[f.name] for f in schema if f.dtype in ("number", "integer") and f.name in places}
        self._as_numbers = self._as_texts | dict.fromkeys(numbers - set(self._kept.values()), pa.float64())

    def parse(self, block: bytes, first_row: int) -> Chunk | None:
        """Parse a block that begins where a record does.

        Parameters
        ----------
        block : bytes
            Whole lines.
        first_row : int
            Number of its first row.

        Returns
        -------
        Chunk or None
            None where the csv module has to look.
        """
        if not self._features or not _is_plain(block, self._delimiter):
            return None
        # Where a number is none that pyarrow knows, texts are read: each different one is parsed by our own rules.
        for types in (self._as_numbers, self._as_texts):
            table = self._parse(block, types)
            columns = self._convert(table) if table is not None else None
            if table is not None and columns is not None:
                inputs = {name: list_texts(table.column(place).combine_chunks()) for name, place in self._kept.items()}
                return Chunk(first_row, table.num_rows, columns, {}, inputs)
        return None

    def _parse(self, block: bytes, types: dict[str, Any]) -> Any:  # noqa: ANN401 - a pyarrow table
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        # One block for pyarrow too, so that a table has one piece.
        read = arrow_csv.ReadOptions(column_names=self._names, block_size=len(block) + 1, use_threads=False)
        parse = arrow_csv.ParseOptions(delimiter=self._delimiter, newlines_in_values=b'"' in block)
        convert = arrow_csv.ConvertOptions(
            column_types=types, include_columns=list(types), null_values=self._missing, strings_can_be_null=False
        )
        try:
            return arrow_csv.read_csv(pa.BufferReader(block), read, parse, convert)
        except pa.ArrowException:
            return None

    def _convert(self, table: Any) -> Columns | None:  # noqa: ANN401 - a pyarrow table
        """Turn the features into arrays, unless a number is none of ours."""
        import pyarrow as pa

        columns: Columns = {}
        for name, place in self._features.items():
            column = table.column(place).combine_chunks()
            if not pa.types.is_floating(column.type):
                columns[name] = to_texts(column)
                continue
            numbers = to_floats(column)
            # Infinities, and NaN under other names than missing values have.
            if np.count_nonzero(~np.isfinite(numbers)) != column.null_count:
                return None
            columns[name] = numbers
        return columns


@lru_cache(maxsize=1)
def _spell_markers() -> list[str]:
    """Return the markers of missing values in all cases of letters."""
    return sorted(
        "".join(letters)
        for marker in MISSING_MARKERS
        for letters in itertools.product(*({letter, letter.upper()} for letter in marker))
    )


def _is_plain(block: bytes, delimiter: str) -> bool:
    """Say whether a block is text whose records anybody would find to be the same."""
    if b"\0" in block or block.startswith(_BYTE_ORDER_MARK) or not _is_utf8(block):
        return False
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return False
    letters: NDArray[np.uint8] = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(letters == _LINE_FEED)
    if b'"' in block:
        quotes = np.flatnonzero(letters == _QUOTE)
        if not _are_around_cells(quotes, letters, ord(delimiter)):
            return False
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    lengths = np.diff(ends, prepend=-1, append=len(block))
    return bool(lengths.max() <= csv.field_size_limit())


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _are_around_cells(quotes: NDArray[np.intp], letters: NDArray[np.uint8], delimiter: int) -> bool:
    """Say whether each quote begins a cell, ends one, or is one of two in a row inside a quoted one."""
    if len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    borders = np.array([delimiter, _LINE_FEED, _CARRIAGE_RETURN], dtype=np.uint8)
    framed = np.concatenate([borders[1:2], letters, borders[1:2]])
    doubled = opening[1:] == closing[:-1] + 1
    begins = np.isin(framed[opening], borders)
    ends = np.isin(framed[closing + 2], borders)
    return bool((begins[1:] | doubled).all() and begins[0] and (ends[:-1] | doubled).all() and ends[-1])
