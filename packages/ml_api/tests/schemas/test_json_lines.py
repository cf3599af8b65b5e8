from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_api.errors import DocumentError, RefusedRow, RequestTimeoutError, TooManyRowsError
from ml_api.schemas import RowLimits, StreamLimits, parse_lines, read_line_chunks
from ml_api.schemas.json_lines import MAX_BLANK_LINES, split_lines

LIMITS = StreamLimits(max_rows=5, max_line_bytes=50, max_nesting=3, row=RowLimits(3, 10, 100))


def _read(body: bytes, chunk_rows: int = 2) -> list[list[object]]:
    chunks = read_line_chunks(io.BytesIO(body).read, limits=LIMITS, chunk_rows=chunk_rows)
    return [parse_lines(lines, LIMITS) for lines in chunks]


def test_rows_come_in_chunks_and_blank_lines_are_skipped():
    assert _read(b'{"a": 1}\r\n\n{"a": 2}\n   \n{"a": 3}') == [[{"a": 1}, {"a": 2}], [{"a": 3}]]
    assert _read(b"\n \n") == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "invalid_document"),
        (b'{"a": NaN}', "invalid_document"),
        (b'{"a": 1e999}', "invalid_document"),
        (b'{"a": "\xff"}', "invalid_document"),
        (rb'{"a": "\ud800"}', "invalid_document"),
        (b"[[[[]]]]", "invalid_document"),
        (b"{} {}", "invalid_document"),
        (b'{"a": "' + b"x" * 11 + b'"}', "text_too_long"),
        (b'{"a": 1, "b": 1, "c": 1, "d": 1}', "too_many_columns"),
        (b" " * 51, "line_too_long"),
        (b" " * 200_000, "line_too_long"),
    ],
)
def test_a_broken_line_is_refused_in_its_place(line, reason):
    [[first, refused, last]] = _read(b"{}\n" + line + b"\n{}", chunk_rows=5)
    assert first == last == {}
    assert isinstance(refused, RefusedRow)
    assert refused.reason == reason
    assert refused.message[0].islower()
    assert "body" not in refused.message


def test_the_number_of_rows_is_limited_after_the_last_that_is_allowed():
    chunks = read_line_chunks(io.BytesIO(b"{}\n" * 6).read, limits=LIMITS, chunk_rows=3)
    assert next(chunks) == [b"{}"] * 3
    assert next(chunks) == [b"{}"] * 2
    with pytest.raises(TooManyRowsError, match="more than 5 rows"):
        next(chunks)
    assert len(_read(b"{}\n" * 5, chunk_rows=5)) == 1


def test_a_chunk_ends_where_it_is_heavy():
    body = b'"123456"\n' * 5
    chunks = read_line_chunks(io.BytesIO(body).read, limits=LIMITS, chunk_rows=4, chunk_bytes=20)
    assert [len(lines) for lines in chunks] == [3, 2]


@pytest.mark.parametrize("blank", [b"\n", b" \t\r\n"])
def test_blank_lines_are_limited(blank):
    assert _read(blank * MAX_BLANK_LINES + b"{}") == [[{}]]
    n_read = 0

    def read(size: int) -> bytes:
        nonlocal n_read
        n_read += size
        return (blank * size)[:size]  # for ever

    with pytest.raises(DocumentError, match="more than 10000 blank lines"):
        list(read_line_chunks(read, limits=LIMITS))
    assert n_read < 100_000


@pytest.mark.parametrize("error", [DocumentError("broken off"), RequestTimeoutError("too late")])
def test_what_was_read_before_an_error_is_handed_on_first(error):
    blocks = iter([b"{}\n[]\n5", b"\n6"])

    def read(_: int) -> bytes:
        for block in blocks:
            return block
        raise error

    chunks = read_line_chunks(read, limits=LIMITS)
    assert next(chunks) == [b"{}", b"[]", b"5"]  # and not 6, which might go on
    with pytest.raises(type(error)):
        next(chunks)


def test_a_line_without_an_end_does_not_fill_the_memory():
    blocks = iter([b"x" * 8_192] * 2_000 + [b""])
    tracemalloc.start()
    try:
        assert list(split_lines(lambda _: next(blocks), max_line_bytes=50)) == [None]
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@given(lines=st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b""))), data=st.data())
def test_lines_do_not_depend_on_how_the_bytes_arrive(lines, data):
    stream = io.BytesIO(b"\n".join(lines))
    sizes = data.draw(st.lists(st.integers(1, 7), min_size=1))

    def read(_: int) -> bytes:
        sizes.append(sizes.pop(0))
        return stream.read(sizes[-1])

    expected = [line if len(line) <= 8 else None for line in lines]
    if expected and not lines[-1]:
        expected.pop()  # what follows the last line feed is no line if it is empty
    assert list(split_lines(read, max_line_bytes=8)) == expected
