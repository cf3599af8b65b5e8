"""A text that may be too large for memory, in blocks of whole lines."""

from __future__ import annotations

import gzip
import zlib
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from regression_model.errors import InputDataError
from regression_model.predict.readers import text_lines
from regression_model.predict.readers.text_lines import Content, check_line

MAX_BLOCK_BYTES = 16_000_000
"""A block ends here although fewer lines than wanted are in it, unless it is one line."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PIECE_BYTES = 1 << 20
_LINE_FEED, _CARRIAGE_RETURN = 10, 13


class TextBlocks:
    r"""Cuts a text at its line ends: ``\n``, ``\r\n`` or ``\r``.

    Nothing is looked into but line ends; `decode` says whether what is between them is text.

    Parameters
    ----------
    stream : binary file
        Plain or gzip, with or without a byte order mark.
    name : str
        For messages.
    """

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self.name = name
        self._content = Content(stream)
        self._text = b""
        self._begin = 0
        self._ends: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        """Positions behind the lines of the text; those before `_next_line` were taken."""
        self._next_line = 0
        self._n_before = 0
        self._is_begun = False
        self._is_complete = False
        self._fault: InputDataError | None = None

    @property
    def n_taken(self) -> int:
        """How many lines were taken."""
        return self._n_before + self._next_line

    def progress(self) -> tuple[int, int | None]:
        """Return the bytes that were read, packed if they are, and the size of the file if it has one."""
        return self._content.progress()

    def take(self, n_lines: int) -> bytes:
        """Return the next lines with their line ends, fewer only if there are no more or they are very long.

        Parameters
        ----------
        n_lines : int
            At least 1.

        Raises
        ------
        InputDataError
            If there is no line left because the gzip is damaged, or a line can't be held.
        """
        while not self._is_complete and (n_there := len(self._ends) - self._next_line) < n_lines:
            if n_there and len(self._text) - self._begin >= MAX_BLOCK_BYTES:
                break
            self._fill(n_lines - n_there)
        last = min(self._next_line + n_lines, len(self._ends)) - 1
        if last < self._next_line:
            if self._fault is not None:
                raise self._fault
            return b""
        end = int(self._ends[last])
        block = self._text[self._begin : end]
        self._begin, self._next_line = end, last + 1
        return block

    def give_back(self, lines: list[bytes]) -> None:
        """Undo a part of the latest `take`: its last lines will be the next again."""
        self._begin -= sum(map(len, lines))
        self._next_line -= len(lines)

    def decode(self, line: bytes, number: int) -> str:
        """Return a line as text.

        Raises
        ------
        InputDataError
            If it is not UTF-8, is binary, or has more than 16 million characters.
        """
        return check_line(line.decode("utf-8", "surrogateescape"), self.name, number)

    def _fill(self, n_lines: int) -> None:
        """Read on until about so many more lines are there, or as many as fit."""
        pieces = [self._text[self._begin :]]
        n_bytes, n_ends = len(pieces[0]), 0
        while not n_ends or (n_ends < n_lines and n_bytes < MAX_BLOCK_BYTES) or n_bytes < len(_BYTE_ORDER_MARK):
            piece = self._read()
            if not piece:
                self._is_complete = True
                break
            pieces.append(piece)
            n_bytes += len(piece)
            n_ends += piece.count(b"\n") or piece.count(b"\r")
            if not n_ends and n_bytes > 4 * text_lines.MAX_LINE_CHARS:  # a character has at most four bytes
                check_line("." * (text_lines.MAX_LINE_CHARS + 1), self.name, self.n_taken + 1)
        self._n_before += self._next_line
        self._text, self._begin, self._next_line = b"".join(pieces), 0, 0
        if not self._is_begun:
            self._text, self._is_begun = self._text.removeprefix(_BYTE_ORDER_MARK), True
        self._ends = self._find_ends()

    def _read(self) -> bytes:
        if self._fault is not None:
            return b""
        try:
            return self._content.file.read1(_PIECE_BYTES)  # type: ignore[no-any-return]
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            self._fault = InputDataError(f"{self.name}: the gzip file is cut short or damaged ({error})")
            return b""

    def _find_ends(self) -> NDArray[np.intp]:
        text: NDArray[np.uint8] = np.frombuffer(self._text, dtype=np.uint8)
        ends: NDArray[Any] = np.flatnonzero(text == _LINE_FEED) + 1
        if b"\r" in self._text:
            returns = np.flatnonzero(text == _CARRIAGE_RETURN) + 1
            if len(returns) and returns[-1] == len(text) and not self._is_complete:
                returns = returns[:-1]  # a line feed may follow
            follows = np.append(text, 0)[returns] == _LINE_FEED
            ends = np.union1d(ends, returns[~follows])
        if self._is_complete and self._fault is None and len(text) and (not len(ends) or ends[-1] < len(text)):
            ends = np.append(ends, len(text))
        return ends
