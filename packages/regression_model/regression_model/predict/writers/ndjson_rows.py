"""Predictions as newline-delimited JSON: one object per row, null for nothing."""

from __future__ import annotations

import json
import math
from typing import IO, Any

from regression_model.predict.writers.base import Answers, Layout, RowWriter


class NdjsonWriter(RowWriter):
    """Writes NDJSON, strictly: a copied NaN or infinity becomes null, dates and the like become text.

    Parameters
    ----------
    stream : binary file
    layout : Layout
    """

    def __init__(self, stream: IO[bytes], layout: Layout) -> None:
        self._stream = stream
        self._layout = layout
        self._encode = json.JSONEncoder(ensure_ascii=False, default=str, allow_nan=False).encode

    def write(self, answers: Answers) -> None:
        """Append rows; see `RowWriter.write`."""
        lines = []
        names = self._layout.computed
        for computed, row in answers.rows(self._layout):
            if not row.keys().isdisjoint(names):
                self._layout.check_copied(row)
            document = dict(zip(names, computed, strict=True))
            for name, value in row.items():
                document[name] = value if type(value) is str else _plain(value)
            lines.append(self._encode(document) + "\n")
        self._stream.write("".join(lines).encode("utf-8", "backslashreplace"))


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever the input's format can hold
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
