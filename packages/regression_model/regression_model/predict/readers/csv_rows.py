"""Rows of delimited text, read like training tables are (`parse_delimited`), but a chunk at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from regression_model.errors import InputDataError
from regression_model.predict.readers.base import Chunk, RowReader
from regression_model.predict.readers.csv_arrays import CsvArrays, is_arrow_installed
from regression_model.predict.readers.text_blocks import TextBlocks
from regression_model.processing.datasets.delimited import find_delimiter
from regression_model.schema import FieldError, Schema

_HEAD_LINES = 64
"""Lines in which the header must end, for the delimiter to be found."""

_MAX_RECORD_LINES = 100
"""Lines that are added to a block because a quote is open at its end."""


class CsvReader(RowReader):
    """Reads CSV; the delimiter (comma, semicolon, tab or pipe) is found in the header.

    Cells are text, an empty one is ``""``. Blank lines are skipped. A row with more or fewer cells than the header
    is refused.

    Where arrays may be given, blocks in which nothing is odd are parsed by pyarrow, if it is installed. The csv module
    of the standard library reads all others, and says what is wrong; both read the same.

    Parameters
    ----------
    blocks : TextBlocks

    Raises
    ------
    InputDataError
        If there is no header.
    """

    columns: list[str]

    def __init__(self, blocks: TextBlocks) -> None:
        self._blocks = blocks
        head = blocks.take(_HEAD_LINES).splitlines(keepends=True)
        text = [blocks.decode(line, number) for number, line in enumerate(head, start=1)]
        self._delimiter = find_delimiter("".join(text))
        reader = csv.reader(self._lines(head), delimiter=self._delimiter, strict=True)
        header = next(filter(None, self._records(reader, 0)), None)
        if header is None:
            raise InputDataError(f"{blocks.name}: empty; expected a header line with the column names")
        blocks.give_back(head[reader.line_num :])
        self.columns = header

    def read(
        self, schema: Schema, keep: Sequence[str] | None, chunk_rows: int, *, as_arrays: bool = False
    ) -> Iterator[Chunk]:
        """Yield the rows; see `RowReader.read`."""
        kept = self.columns if keep is None else list(keep)
        arrays = None
        if as_arrays and is_arrow_installed():
            arrays = CsvArrays(self.columns, self._delimiter, schema, kept)
        n_done = 0
        while block := self._blocks.take(chunk_rows):
            if arrays is not None:
                block = self._close_quote(block)
                if (chunk := arrays.parse(block, n_done + 1)) is not None:
                    n_done += chunk.n_rows
                    if chunk.n_rows:  # there may be nothing but blank lines
                        yield chunk
                    continue
            records = self._read_exactly(block)
            while found := list(islice(records, chunk_rows)):
                yield self._as_chunk(found, n_done + 1, schema, kept)
                n_done += len(found)

    def progress(self) -> tuple[int, int | None]:
        """Return bytes; see `RowReader.progress`."""
        return self._blocks.progress()

    def _close_quote(self, block: bytes) -> bytes:
        """Add the lines up to the end of a cell that goes over several."""
        added = [block]
        is_open = block.count(b'"') % 2 == 1
        while is_open and len(added) <= _MAX_RECORD_LINES and (line := self._blocks.take(1)):
            added.append(line)
            is_open ^= line.count(b'"') % 2 == 1
        return b"".join(added) if len(added) > 1 else block

    def _read_exactly(self, block: bytes) -> Iterator[list[str]]:
        """Yield the records that begin in a block, the last of which may end behind it."""
        lines = block.splitlines(keepends=True)
        n_before = self._blocks.n_taken - len(lines)
        reader = csv.reader(self._lines(lines), delimiter=self._delimiter, strict=True)
        records = self._records(reader, n_before)
        while reader.line_num < len(lines) and (cells := next(records, None)) is not None:
            if cells:
                yield cells

    def _lines(self, lines: list[bytes]) -> Iterator[str]:
        """Yield lines that were taken, and then those that follow."""
        first = self._blocks.n_taken - len(lines) + 1
        for number, line in enumerate(lines, start=first):
            yield self._blocks.decode(line, number)
        while line := self._blocks.take(1):
            yield self._blocks.decode(line, self._blocks.n_taken)

    def _records(self, reader: Any, n_before: int) -> Iterator[list[str]]:  # noqa: ANN401 - csv has no name for it
        """Yield the records, blank ones too; `n_before` lines were before them."""
        while True:
            line = n_before + reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise InputDataError(
                    f"{self._blocks.name}, line {line}: {error}; is a quote not closed, or not doubled inside a cell?"
                ) from error
            if cells is None:
                return
            yield cells

    def _as_chunk(self, found: list[list[str]], first_row: int, schema: Schema, kept: Sequence[str]) -> Chunk:
        places = {name: place for place, name in enumerate(self.columns)}
        refused = {
            position: self._ragged(len(cells))
            for position, cells in enumerate(found)
            if len(cells) != len(self.columns)
        }
        good = [cells for position, cells in enumerate(found) if position not in refused] if refused else found
        rows = {name: [cells[places[name]] for cells in good] for name in schema.names if name in places}
        if not kept:
            return Chunk(first_row, len(found), rows, refused, {})
        copied = [(name, places[name]) for name in kept]
        inputs = [
            {} if position in refused else {name: cells[place] for name, place in copied}
            for position, cells in enumerate(found)
        ]
        return Chunk(first_row, len(found), rows, refused, inputs)

    def _ragged(self, n_cells: int) -> FieldError:
        expected = f"{len(self.columns)} cells, as in the header"
        return FieldError(None, "wrong_cell_count", f"the row has {n_cells} cells, expected {expected}", expected)
