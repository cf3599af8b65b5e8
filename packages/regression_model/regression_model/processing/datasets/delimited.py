"""Delimited text (CSV) to a frame of text, strictly: a row that doesn't fit the header is an error.

The csv module of the standard library reads the rows, because it knows the line of each one, and
because pandas' own reader fills short rows up in silence.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from regression_model.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


def parse_delimited(text: str, file_name: str) -> pd.DataFrame:
    r"""Parse delimited text whose first line names the columns.

    The delimiter is the one of comma, semicolon, tab and pipe that cuts the header into most
    columns; the comma, when none cuts it. Cells may be quoted with ``"`` (doubled inside) and may
    then hold delimiters and line ends. Blank lines are skipped.

    Parameters
    ----------
    text : str
        The whole file.
    file_name : str
        For messages.

    Returns
    -------
    pandas.DataFrame
        ``object`` columns of ``str``; an empty cell is ``""``. Nothing is taken for a missing
        value here: that ``NA`` or ``None`` may be a category is for the schema to say.

    Raises
    ------
    DataError
        The file has no header, or a row has more or fewer cells than it, or a quote stays open.

    Examples
    --------
    >>> parse_delimited("a;b\n1;NA\n", "example.csv").to_dict("records")
    [{'a': '1', 'b': 'NA'}]
    >>> parse_delimited("a,b\n1\n", "a.csv")
    Traceback (most recent call last):
        ...
    regression_model.errors.DataError: a.csv, line 2: 1 cell, but the header has 2 columns (delimiter: comma)
    """
    import pandas as pd

    delimiter = find_delimiter(text)
    records = _records(text, delimiter, file_name)
    _, header = next(records, (0, None))
    if header is None:
        raise DataError(f"{file_name}: the file is empty; expected a header line with the column names")
    rows = []
    for line, cells in records:
        if len(cells) != len(header):
            raise DataError(_ragged_message(file_name, line, (len(cells), len(header)), delimiter))
        rows.append(cells)
    return pd.DataFrame(rows, columns=pd.Index(header), dtype=object)


def _ragged_message(file_name: str, line: int, n_cells: tuple[int, int], delimiter: str) -> str:
    """Say how a row differs from the header."""
    found, expected = n_cells
    cells = "cell" if found == 1 else "cells"
    columns = "column" if expected == 1 else "columns"
    return (
        f"{file_name}, line {line}: {found} {cells}, but the header has {expected} {columns} "
        f"(delimiter: {_DELIMITERS[delimiter]})"
    )


def find_delimiter(text: str) -> str:
    """Take the delimiter that cuts the header into most columns; ties go to the first listed.

    Parameters
    ----------
    text : str
        The file, or its beginning, at least as far as the header goes.
    """
    return max(_DELIMITERS, key=lambda delimiter: _n_header_cells(text, delimiter))


def _n_header_cells(text: str, delimiter: str) -> int:
    """Count the header's cells under one delimiter: 0 if its quotes can't be read so."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return len(next((cells for cells in reader if cells), []))
    except csv.Error:
        return 0


def _records(text: str, delimiter: str, file_name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that isn't blank, with the line it starts on, counted from 1."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise DataError(
                f"{file_name}, line {line}: {error}; is a quote not closed, or not doubled inside a cell?"
            ) from error
        if cells is None:
            return
        if cells:
            yield line, cells
