"""Newline-delimited JSON: one row per line, read as it arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ml_api.errors import ApiError, DocumentError, RefusedRow, TooManyRowsError
from ml_api.schemas.row_limits import RowLimits
from ml_api.schemas.strict_json import parse_document

CHUNK_ROWS = 500
"""Enough that a chunk costs little more than its rows, and few enough that they weigh little."""
CHUNK_BYTES = 1_000_000
MAX_BLANK_LINES = 10_000

# A server waits until so many bytes are there: rows that have arrived should not wait for many that have not. And if
# they come in chunks of a byte each, it does nothing else meanwhile.
_BLOCK_BYTES = 4_096
_EXPECTED = "one JSON object per line"

Line = bytes | None
"""A line without its end; None for one that is too long."""


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


def read_line_chunks(
    read: Callable[[int], bytes], *, limits: StreamLimits, chunk_rows: int = CHUNK_ROWS, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[list[Line]]:
    """Read lines, a list of some of them at a time; `parse_lines` turns them into rows.

    Parameters
    ----------
    read : callable
        Returns at most as many of the next bytes as it is told, none at the end. It may raise `ApiError`.
    limits : StreamLimits
    chunk_rows, chunk_bytes : int
        A list ends when it has so many lines or, together, bytes.

    Yields
    ------
    list of bytes or None
        Lines; None for one that is too long. Blank lines are skipped.

    Raises
    ------
    TooManyRowsError
        If there are more rows than allowed.
    DocumentError
        If there are more than `MAX_BLANK_LINES` blank lines.
    ApiError
        What `read` raises. Whatever came before any of these errors has been yielded.
    """
    lines: list[Line] = []
    n_bytes = 0
    try:
        for line in _count_lines(split_lines(read, max_line_bytes=limits.max_line_bytes), limits.max_rows):
            lines.append(line)
            n_bytes += len(line or b"")
            if len(lines) == chunk_rows or n_bytes >= chunk_bytes:
                yield lines
                lines, n_bytes = [], 0
    except ApiError:
        if lines:
            yield lines
        raise
    if lines:
        yield lines


def _count_lines(lines: Iterator[Line], max_rows: int) -> Iterator[Line]:
    """Skip blank lines, and refuse too many of these and of the others."""
    n_rows = n_blank = 0
    for line in lines:
        if line is not None and not line.strip():
            n_blank += 1
            if n_blank > MAX_BLANK_LINES:
                raise DocumentError(f"The stream holds more than {MAX_BLANK_LINES} blank lines.")
            continue
        if n_rows == max_rows:
            raise TooManyRowsError(
                f"The stream holds more than {max_rows} rows. Send fewer in one request.",
                details={"max_rows": max_rows},
            )
        n_rows += 1
        yield line


def split_lines(read: Callable[[int], bytes], *, max_line_bytes: int) -> Iterator[Line]:
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


def parse_lines(lines: Sequence[Line], limits: StreamLimits) -> list[Any]:
    """Parse lines into rows, unchecked by the model's schema.

    Returns
    -------
    list
        As long as `lines`. A line that is no strict JSON, is too long or goes over a limit of rows is a `RefusedRow`
        in its place.
    """
    return [_parse_line(line, limits) for line in lines]


def _parse_line(line: Line, limits: StreamLimits) -> object:
    if line is None:
        message = f"the line is longer than {limits.max_line_bytes} bytes"
        return RefusedRow("line_too_long", message, f"a line of at most {limits.max_line_bytes} bytes")
    try:
        row = parse_document(line, max_nesting=limits.max_nesting)
        if not limits.row.surely_hold([row], line):
            limits.row.check([row])
    except DocumentError as error:
        return RefusedRow("invalid_document", _lower(error.message), _EXPECTED)
    except ApiError as error:
        return RefusedRow(error.code, _lower(error.message), "a smaller row")
    return row


def _lower(message: str) -> str:
    """Say of a line what the message says of a body."""
    return message.replace("The body", "the line").replace("Row 0", "the row")
