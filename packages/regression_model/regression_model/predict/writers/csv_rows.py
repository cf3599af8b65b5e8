"""Predictions as CSV: comma, UTF-8, a header, an empty cell for nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
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
        self._write([[*layout.computed, *(layout.copied or ())]])

    def write(self, answers: Answers) -> None:
        """Append rows; see `RowWriter.write`."""
        columns = answers.columns(self._layout)
        n_computed = len(self._layout.computed)
        copied = [column if _is_text(column) else list(map(_cell, column)) for column in columns[n_computed:]]
        self._write(zip(*columns[:n_computed], *copied, strict=True))

    def _write(self, rows: Iterable[Sequence[Any]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)  # None is an empty cell
        self._stream.write(text.getvalue().encode("utf-8", "backslashreplace"))


def _is_text(column: Sequence[Any]) -> bool:
    return {str}.issuperset(map(type, column))


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever the input's format can hold
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool | int | float | dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
