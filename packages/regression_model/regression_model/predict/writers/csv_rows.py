"""Predictions as CSV: comma, UTF-8, a header, an empty cell for nothing."""

from __future__ import annotations

import csv
import io
import json
from typing import IO, Any

from regression_model.predict.writers.base import Answers, Layout, RowWriter


class CsvWriter(RowWriter):
    """Writes CSV; a copied value that is no text is written as in JSON.

    Parameters
    ----------
    stream : binary file
    layout : Layout
    """

    def __init__(self, stream: IO[bytes], layout: Layout) -> None:
        self._stream = stream
        self._layout = layout
        self._copied = layout.copied or ()
        self._write([[*layout.computed, *self._copied]])

    def write(self, answers: Answers) -> None:
        """Append rows; see `RowWriter.write`."""
        self._write(
            [
                ["" if value is None else value for value in computed] + [_cell(row.get(name)) for name in self._copied]
                for computed, row in answers.rows(self._layout)
            ]
        )

    def _write(self, rows: list[list[Any]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        self._stream.write(text.getvalue().encode("utf-8", "backslashreplace"))


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever the input's format can hold
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool | int | float | dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
