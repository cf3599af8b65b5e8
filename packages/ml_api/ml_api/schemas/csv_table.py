"""CSV, as RFC 4180 has it: rows in, predictions out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from ml_api.errors import DocumentError, RefusedRow, TooManyColumnsError, TooManyRowsError

# Python's reader takes a line apart without letting another thread in.
MAX_COMMAS = 100_000


def read_csv_rows(body: bytes, *, max_rows: int, max_columns: int) -> list[Any]:
    r"""Read a table with a header.

    Values stay text, as which the model's schema takes them too; an empty cell is a missing value.

    Parameters
    ----------
    body : bytes
        UTF-8, with or without a byte order mark; cells are separated by commas.
    max_rows : int
        The most rows allowed, without the header.
    max_columns : int
        The most columns allowed.

    Returns
    -------
    list
        A dictionary per row; a `RefusedRow` where a row has more or fewer cells than the header. Blank lines are
        skipped.

    Raises
    ------
    DocumentError
        If there is no table, with the line where it breaks off; never with its text.
    TooManyColumnsError
        If the header has more columns than allowed, or any line has more than `MAX_COMMAS` commas.
    TooManyRowsError
        If there are more rows than allowed.

    Examples
    --------
    >>> read_csv_rows(b"LotArea,Alley\n8450,\n", max_rows=10, max_columns=10)
    [{'LotArea': '8450', 'Alley': ''}]
    """
    records = _read_records(_decode(body))
    header = next(records, None)
    if header is None:
        raise DocumentError("The body is empty. Send a header line with the names of the columns, then rows.")
    if len(header) > max_columns:  # before there is a row of them
        raise TooManyColumnsError(
            f"The header has {len(header)} columns; at most {max_columns} are allowed.",
            details={"columns": len(header), "max_columns": max_columns},
        )
    if len(set(header)) != len(header):
        raise DocumentError("The header has the same column twice, so that its value is ambiguous.")
    rows: list[Any] = []
    for cells in records:
        rows.append(dict(zip(header, cells, strict=True)) if len(cells) == len(header) else _refuse(cells, header))
        if len(rows) > max_rows:
            raise TooManyRowsError(
                f"The body holds more than {max_rows} rows. Send fewer in one request.", details={"max_rows": max_rows}
            )
    if not rows:
        raise DocumentError("The body has a header and no rows. Send at least one row.")
    return rows


def _decode(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"The body is not encoded in UTF-8: see byte {error.start}.") from None
    if "\0" in text:
        raise DocumentError("The body holds a NUL character: it is no text, or is encoded in UTF-16.")
    return text


def _read_records(text: str) -> Iterator[list[str]]:
    reader = csv.reader(_split_lines(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            # Python's own words name an option of its reader, or are "new-line character seen in unquoted field".
            raise DocumentError(
                f"The body is no CSV: see the record that begins in line {line}. Is a quote not closed, or not doubled "
                "inside a cell, or a cell longer than 131,072 characters?"
            ) from None
        if cells is None:
            return
        if cells:
            yield cells


def _split_lines(text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if line.count(",") > MAX_COMMAS:
            raise TooManyColumnsError(f"Line {number} has more than {MAX_COMMAS} commas.", details={"line": number})
        yield line


def _refuse(cells: list[str], header: list[str]) -> RefusedRow:
    expected = f"{len(header)} cells, as in the header"
    return RefusedRow("wrong_cell_count", f"the row has {len(cells)} cells, expected {expected}", expected)


def write_csv_rows(rows: list[dict[str, Any]]) -> str:
    r"""Write rows with the same columns as a table that `read_csv_rows` reads; null becomes an empty cell.

    Examples
    --------
    >>> write_csv_rows([{"LotArea": 8450, "Alley": None}])
    'LotArea,Alley\r\n8450,\r\n'
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return out.getvalue()


def write_csv_answer(answer: dict[str, Any]) -> str:
    r"""Write an answer as a table, one line per row.

    Parameters
    ----------
    answer : dict
        As `PredictionAnswer` has it.

    Returns
    -------
    str
        The columns ``row`` (from 0), ``prediction``, for a classification ``probability_<class>`` for each class, and
        ``errors``: empty, or a list in JSON.

    Examples
    --------
    >>> write_csv_answer({"predictions": [208500.1], "errors": {}})
    'row,prediction,errors\r\n0,208500.1,\r\n'
    """
    classes = answer.get("classes", [])
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["row", "prediction", *(f"probability_{label}" for label in classes), "errors"])
    probabilities = answer.get("probabilities") or [None] * len(answer["predictions"])
    for row, (prediction, shares) in enumerate(zip(answer["predictions"], probabilities, strict=True)):
        errors = answer["errors"].get(str(row))
        cells = [row, prediction, *(shares or [None] * len(classes))]
        writer.writerow([*cells, None if errors is None else json.dumps(errors)])
    return out.getvalue()
