"""Lines of a text that may be too large for memory, with their numbers."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from typing import IO, Any

from regression_model.errors import InputDataError

_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARK = "\ufeff"

MAX_LINE_CHARS = 16_000_000
"""A longer line means that the file is no text of lines, and would not fit a constant memory."""


class Content:
    """The bytes of a file or stream, unpacked if they are gzip.

    Parameters
    ----------
    stream : binary file

    Attributes
    ----------
    file : binary file
        What to read from.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._raw = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[type-var]
        self._total = _size(self._raw)
        packed = self._raw.peek(2)[:2] == _GZIP_MAGIC
        self.file: Any = gzip.GzipFile(fileobj=self._raw) if packed else self._raw  # both are binary files

    def progress(self) -> tuple[int, int | None]:
        """Return the bytes that were read, packed if they are, and the size of the file if it has one."""
        return (self._raw.tell(), self._total) if self._total is not None else (0, None)


class TextLines:
    """Iterates over lines with their line ends; `number` is that of the latest, from 1.

    Parameters
    ----------
    stream : binary file
        Plain or gzip, UTF-8 with or without a byte order mark.
    name : str
        For messages.

    Raises
    ------
    InputDataError
        While iterating: the text is not UTF-8, is binary, has a line of more than 16 million characters, or the
        gzip is damaged.
    """

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self.name = name
        self.number = 0
        self._content = Content(stream)

    def __iter__(self) -> Iterator[str]:
        text = io.TextIOWrapper(self._content.file, encoding="utf-8", errors="surrogateescape", newline="")
        try:
            while line := text.readline(MAX_LINE_CHARS + 1):
                self.number += 1
                if self.number == 1:
                    line = line.removeprefix(_BYTE_ORDER_MARK)
                yield check_line(line, self.name, self.number)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InputDataError(f"{self.name}: the gzip file is cut short or damaged ({error})") from error
        finally:
            with contextlib.suppress(ValueError):  # its owner may have closed it meanwhile
                text.detach()  # or the stream would be closed with the text

    def progress(self) -> tuple[int, int | None]:
        """Return the bytes that were read, packed if they are, and the size of the file if it has one."""
        return self._content.progress()


def check_line(line: str, name: str, number: int) -> str:
    """Return a line, if it is one of a text.

    Parameters
    ----------
    line : str
        Decoded with ``surrogateescape``.
    name : str
    number : int
        For messages.

    Raises
    ------
    InputDataError
        If it is not UTF-8, is binary, or has more than 16 million characters.
    """
    where = f"{name}, line {number}"
    if len(line) > MAX_LINE_CHARS:
        raise InputDataError(f"{where}: longer than {MAX_LINE_CHARS:,} characters; is this a text of lines?")
    if "\0" in line:
        raise InputDataError(f"{where}: a NUL character; this is a binary file or UTF-16, expected UTF-8 text")
    if not line.isascii():
        try:
            line.encode()
        except UnicodeEncodeError:  # the codec marks bytes that are no UTF-8 with lone surrogates
            raise InputDataError(f"{where}: not UTF-8; save the file as UTF-8") from None
    return line


def _size(stream: IO[bytes]) -> int | None:
    """Return the size of a regular file; a pipe has none."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
