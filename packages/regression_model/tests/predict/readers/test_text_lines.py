from __future__ import annotations

import gzip
import io

import pytest

from regression_model.errors import InputDataError
from regression_model.predict.readers import text_lines
from regression_model.predict.readers.text_lines import TextLines


def read(content: bytes) -> list[str]:
    return list(TextLines(io.BytesIO(content), "a.csv"))


def test_lines_keep_their_ends_and_lose_the_byte_order_mark():
    assert read(b"\xef\xbb\xbfa,b\r\n1,2\n\n3,4") == ["a,b\r\n", "1,2\n", "\n", "3,4"]


def test_gzip_is_told_by_its_bytes():
    assert read(gzip.compress("a\nä\n".encode())) == ["a\n", "ä\n"]


def test_nothing_is_no_line():
    assert read(b"") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\nb\n\xff\n", "a.csv, line 3: not UTF-8"),
        ("a\nb\n".encode("utf-16-be"), "a.csv, line 1: a NUL character"),
        ("a\nb\n".encode("utf-16"), "a.csv, line 1: a NUL character"),
        (gzip.compress(b"a\nb\n" * 1000, mtime=0)[:-12], "a.csv: the gzip file is cut short or damaged"),
        (gzip.compress(b"a\n", mtime=0)[:12], "a.csv: the gzip file is cut short or damaged"),
    ],
)
def test_what_is_no_text_is_refused_with_its_place(content, message):
    with pytest.raises(InputDataError, match=message):
        read(content)


def test_a_line_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr(text_lines, "MAX_LINE_CHARS", 5)
    assert read(b"1234\n") == ["1234\n"]
    with pytest.raises(InputDataError, match="line 2: longer than 5 characters"):
        read(b"1\n" + b"x" * 6)


def test_progress_counts_the_bytes_of_the_file(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a\n" * 100, mtime=0))
    with path.open("rb") as stream:
        lines = TextLines(stream, path.name)
        assert lines.progress() == (0, path.stat().st_size)
        assert len(list(lines)) == 100
        assert lines.progress() == (path.stat().st_size, path.stat().st_size)


def test_progress_of_a_pipe_has_no_end():
    assert TextLines(io.BytesIO(b"a\n"), "stdin").progress() == (0, None)
