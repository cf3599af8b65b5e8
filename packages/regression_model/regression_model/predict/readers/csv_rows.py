"""Rows of delimited text, read like training tables are (`parse_delimited`), but a chunk at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import chain, islice

import pandas as pd

from regression_model.errors import InputDataError
from regression_model.predict.readers.base import Chunk, RowReader
from regression_model.predict.readers.text_lines import TextLines
from regression_model.processing.datasets.delimited import find_delimiter
from regression_model.processing.validation import FieldError

_HEAD_LINES = 64
"""Lines in which the header must end, for the delimiter to be found."""


class CsvReader(RowReader):
    """Reads CSV; the delimiter (comma, semicolon, tab or pipe) is found in the header.

    Cells are text, an empty one is ``""``. Blank lines are skipped. A row with more or fewer cells than the header
    is refused.

    Parameters
    ----------
    lines : TextLines

    Raises
    ------
    InputDataError
        If there is no header.
    """

    columns: list[str]

    def __init__(self, lines: TextLines) -> None:
        self._lines = lines
        text = iter(lines)
        head = list(islice(text, _HEAD_LINES))
        self._reader = csv.reader(chain(head, text), delimiter=find_delimiter("".join(head)), strict=True)
        header = next(self._records(), None)
        if header is None:
            raise InputDataError(f"{lines.name}: empty; expected a header line with the column names")
        self.columns = header

    def read(self, features: Sequence[str], keep: Sequence[str] | None, chunk_rows: int) -> Iterator[Chunk]:
        """Yield the rows; see `RowReader.read`."""
        places = {name: place for place, name in enumerate(self.columns)}
        read = {name: places[name] for name in features if name in places}
        kept = [(name, places[name]) for name in (self.columns if keep is None else keep)]
        records, first_row = self._records(), 1
        while found := list(islice(records, chunk_rows)):
            refused = {
                position: self._ragged(len(cells))
                for position, cells in enumerate(found)
                if len(cells) != len(self.columns)
            }
            good = [cells for position, cells in enumerate(found) if position not in refused]
            frame = pd.DataFrame(
                {name: pd.Series([cells[place] for cells in good], dtype=object) for name, place in read.items()}
            )
            inputs = [
                {} if position in refused else {name: cells[place] for name, place in kept}
                for position, cells in enumerate(found)
            ]
            yield Chunk(first_row, len(found), frame, refused, inputs)
            first_row += len(found)

    def progress(self) -> tuple[int, int | None]:
        """Return bytes; see `RowReader.progress`."""
        return self._lines.progress()

    def _records(self) -> Iterator[list[str]]:
        """Yield the records that are not blank."""
        while True:
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader, None)
            except csv.Error as error:
                raise InputDataError(
                    f"{self._lines.name}, line {line}: {error}; is a quote not closed, or not doubled inside a cell?"
                ) from error
            if cells is None:
                return
            if cells:
                yield cells

    def _ragged(self, n_cells: int) -> FieldError:
        expected = f"{len(self.columns)} cells, as in the header"
        return FieldError(None, "wrong_cell_count", f"the row has {n_cells} cells, expected {expected}", expected)
