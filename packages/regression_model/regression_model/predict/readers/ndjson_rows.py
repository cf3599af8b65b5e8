"""Rows of newline-delimited JSON: one object per line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from regression_model.predict.readers.base import Chunk, Copies, RowReader
from regression_model.predict.readers.text_lines import TextLines
from regression_model.schema import FieldError, Schema

_MOST_ROWS = 2_000
"""Of a chunk: more parsed rows at a time would be slower, because they leave the processor's caches."""


class NdjsonReader(RowReader):
    """Reads NDJSON; blank lines are skipped, a line that is no JSON is a refused row.

    Parameters
    ----------
    lines : TextLines
    """

    def __init__(self, lines: TextLines) -> None:
        self._lines = lines

    def read(
        self, schema: Schema, keep: Sequence[str] | None, chunk_rows: int, *, as_arrays: bool = False
    ) -> Iterator[Chunk]:
        """Yield the rows; see `RowReader.read`."""
        del schema, as_arrays  # all fields stay, so that misspelt ones are noticed
        lines = (line for line in self._lines if line.strip())
        first_row = 1
        while parsed := [_parse(line) for line in islice(lines, min(chunk_rows, _MOST_ROWS))]:
            refused = {place: row for place, row in enumerate(parsed) if isinstance(row, FieldError)}
            rows = [row for row in parsed if not isinstance(row, FieldError)] if refused else parsed
            yield Chunk(first_row, len(parsed), rows, refused, _copy_rows(parsed, keep))
            first_row += len(parsed)
            del parsed, rows  # before the next ones are read

    def progress(self) -> tuple[int, int | None]:
        """Return bytes; see `RowReader.progress`."""
        return self._lines.progress()


class _RepeatedKeyError(ValueError):
    """An object has one key twice, and nobody knows which is meant."""


def _parse(line: str) -> Any:  # noqa: ANN401 - any JSON value, or why it is none
    try:
        row = json.loads(line)
        # There is a colon for each key, so one for each different key shows that no key occurs twice.
        if type(row) is dict and line.count(":") == len(row):
            return row
        return json.loads(line, object_pairs_hook=_without_repetition)
    except json.JSONDecodeError as error:
        problem = f"{error.msg}, at character {error.colno}"
    except _RepeatedKeyError as error:
        problem = str(error)
    except (ValueError, RecursionError):
        problem = "a number of too many digits, or nested too deeply"
    return FieldError(None, "bad_json", f"the line is no JSON object that can be read: {problem}", "one JSON object")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        raise _RepeatedKeyError("a key occurs twice")
    return row


def _copy_rows(parsed: list[Any], keep: Sequence[str] | None) -> Copies:
    if keep is None:
        return [row if isinstance(row, Mapping) else {} for row in parsed]
    if not keep:
        return {}
    return [{name: row.get(name) for name in keep} if isinstance(row, Mapping) else {} for row in parsed]
