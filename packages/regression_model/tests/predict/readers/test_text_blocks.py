from __future__ import annotations

import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regression_model.errors import InputDataError
from regression_model.predict.readers import text_blocks, text_lines
from regression_model.predict.readers.text_blocks import TextBlocks
from regression_model.predict.readers.text_lines import TextLines

PIECES = [b"a", b"\xc3\xa4", b"\n", b"\r", b"\r\n", b"\xef\xbb\xbf", b"\xff", b"\0", b'"', b"1,2"]


class Dribble(io.RawIOBase):
    """A pipe that gives a few bytes at a time."""

    def __init__(self, content: bytes, step: int) -> None:
        self._content, self._step, self._at = content, step, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        piece = self._content[self._at : self._at + min(self._step, len(buffer))]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def read_all(lines):
    """Return the lines, and what went wrong behind them."""
    found = []
    try:
        for line in lines:
            found.append(line)
    except InputDataError as error:
        return found, str(error)
    return found, None


def iterate(blocks: TextBlocks, n_lines: int):
    while block := blocks.take(n_lines):
        lines = block.splitlines(keepends=True)
        assert len(lines) <= n_lines
        for number, line in enumerate(lines, start=blocks.n_taken - len(lines) + 1):
            yield blocks.decode(line, number)


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES)), step=st.integers(1, 9), n_lines=st.integers(1, 4))
def test_the_lines_are_those_that_text_lines_finds(pieces, step, n_lines):
    content = b"".join(pieces)
    if content == b"\xef\xbb\xbf":
        return  # nothing is no line to one, and an empty one to the other
    found = read_all(iterate(TextBlocks(Dribble(content, step), "a.csv"), n_lines))
    assert found == read_all(TextLines(io.BytesIO(content), "a.csv"))


def test_lines_that_are_given_back_come_again():
    blocks = TextBlocks(io.BytesIO(b"a\nb\nc\nd"), "a.csv")
    assert blocks.take(3) == b"a\nb\nc\n"
    blocks.give_back([b"b\n", b"c\n"])
    assert blocks.n_taken == 1
    assert blocks.take(10) == b"b\nc\nd"
    assert blocks.take(1) == b""


def test_what_was_before_the_damage_is_read_first():
    packed = gzip.compress(b"".join(b"%d,%d\n" % (number, number**7) for number in range(5_000)))
    blocks = TextBlocks(io.BytesIO(packed[:-12]), "a.csv.gz")
    assert blocks.take(100).count(b"\n") == 100
    with pytest.raises(InputDataError, match="a.csv.gz: the gzip file is cut short or damaged"):
        while blocks.take(1_000):
            pass
    assert blocks.n_taken > 100


def test_a_block_of_long_lines_has_fewer_of_them(monkeypatch):
    monkeypatch.setattr(text_blocks, "MAX_BLOCK_BYTES", 100)
    monkeypatch.setattr(text_blocks, "_PIECE_BYTES", 10)
    blocks = TextBlocks(io.BytesIO((b"x" * 40 + b"\n") * 9 + b"y" * 500 + b"\n"), "a.csv")
    sizes = []
    while block := blocks.take(1_000):
        sizes.append(len(block))
    assert max(sizes[:-1]) <= 110
    assert sizes[-1] == 501
    assert sum(sizes) == 9 * 41 + 501


def test_a_line_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr(text_lines, "MAX_LINE_CHARS", 50)
    monkeypatch.setattr(text_blocks, "_PIECE_BYTES", 10)
    endless = Dribble(b"a\n" + b"x" * 10_000, 10)
    blocks = TextBlocks(endless, "a.csv")
    assert blocks.take(1) == b"a\n"
    with pytest.raises(InputDataError, match="line 2: longer than 50 characters"):
        blocks.take(1)
    assert endless._at < 300
