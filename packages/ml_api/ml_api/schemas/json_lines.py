"""Newline-delimited JSON: one row per line, read as it arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ml_api.errors import ApiError, DocumentError, RefusedRow, TooManyRowsError
from ml_api.schemas.row_limits import RowLimits
from ml_api.schemas.strict_json import parse_document

# A server waits until so many bytes are there: rows that have arrived should not wait for many that have not.
_BLOCK_BYTES = 8_192
_EXPECTED = "one JSON object per line"


@dataclass(frozen=True)
class StreamLimits:
    """What a stream may hold.

    Attributes
    ----------
    max_rows : int
    max_line_bytes : int
    max_nesting : int
    row : RowLimits
    """

    max_rows: int
    max_line_bytes: int
    max_nesting: int
    row: RowLimits


def read_line_chunks(read: Callable[[int], bytes], *, limits: StreamLimits, chunk_rows: int) -> Iterator[list[Any]]:
    """Read rows, a list of some of them at a time.

    Parameters
    ----------
    read : callable
        Returns at most as many of the next bytes as it is told, none at the end. It may raise `ApiError`.
    limits : StreamLimits
    chunk_rows : int
        Rows in each list but the last.

    Yields
    ------
    list
        Rows, unchecked. A line that is no strict JSON, is too long or goes over a limit of rows is a `RefusedRow` in
        its place. Blank lines are skipped.

    Raises
    ------
    TooManyRowsError
        If there are more rows than allowed; all those that are have been yielded before.
    """
    rows: list[Any] = []
    n_rows = 0
    for line in split_lines(read, max_line_bytes=limits.max_line_bytes):
        if line is not None and not line.strip():
            continue
        if n_rows == limits.max_rows:
            if rows:
                yield rows
            raise TooManyRowsError(
                f"The stream holds more than {limits.max_rows} rows. Send fewer in one request.",
                details={"max_rows": limits.max_rows},
            )
        n_rows += 1
        rows.append(_parse_line(line, limits))
        if len(rows) == chunk_rows:
            yield rows
            rows = []
    if rows:
        yield rows


def split_lines(read: Callable[[int], bytes], *, max_line_bytes: int) -> Iterator[bytes | None]:
    r"""Split bytes at line feeds; memory holds one line and one block.

    Yields
    ------
    bytes or None
        A line without its end; None for one that is too long, the rest of which is skipped.

    Examples
    --------
    >>> import io
    >>> list(split_lines(io.BytesIO(b"[1]\n[1, 2, 3]\n{}").read, max_line_bytes=4))
    [b'[1]', None, b'{}']
    """
    pending = bytearray()
    while block := read(_BLOCK_BYTES):
        *ended, rest = block.split(b"\n")
        for piece in ended:
            pending += piece
            yield bytes(pending) if len(pending) <= max_line_bytes else None
            pending.clear()
        # One byte over the limit is enough to know; with more, a line without an end would fill the memory.
        pending += rest[: max(0, max_line_bytes + 1 - len(pending))]
    if pending:
        yield bytes(pending) if len(pending) <= max_line_bytes else None


def _parse_line(line: bytes | None, limits: StreamLimits) -> object:
    if line is None:
        message = f"the line is longer than {limits.max_line_bytes} bytes"
        return RefusedRow("line_too_long", message, f"a line of at most {limits.max_line_bytes} bytes")
    try:
        row = parse_document(line, max_nesting=limits.max_nesting)
        limits.row.check([row])
    except DocumentError as error:
        return RefusedRow("invalid_document", _lower(error.message), _EXPECTED)
    except ApiError as error:
        return RefusedRow(error.code, _lower(error.message), "a smaller row")
    return row


def _lower(message: str) -> str:
    """Say of a line what the message says of a body."""
    return message.replace("The body", "the line").replace("Row 0", "the row")
