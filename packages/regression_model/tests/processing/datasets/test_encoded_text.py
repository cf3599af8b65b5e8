from __future__ import annotations

import gzip

import pytest

from regression_model.errors import DataError
from regression_model.processing.datasets.encoded_text import read_text

TEXT = "name,price\nKöln,1\n東京,2\n"


def write(tmp_path, content, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_utf8_with_or_without_mark_and_gzip(tmp_path, encoding, name):
    content = TEXT.encode(encoding)

    assert read_text(write(tmp_path, gzip.compress(content) if name.endswith(".gz") else content, name)) == TEXT


def test_gzip_is_told_by_its_bytes(tmp_path):
    assert read_text(write(tmp_path, gzip.compress(TEXT.encode()), "t.csv")) == TEXT


def test_gzip_of_two_members(tmp_path):
    content = gzip.compress(b"a,b\n") + gzip.compress(b"1,2\n")

    assert read_text(write(tmp_path, content, "t.csv.gz")) == "a,b\n1,2\n"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_another_encoding_is_named_by_byte_and_line(tmp_path, mark):
    content = mark + "name\nBerlin\nKöln\n".encode("latin-1")

    with pytest.raises(DataError, match=rf"t\.csv, line 3: byte 0xF6 at offset {13 + len(mark)} is not UTF-8"):
        read_text(write(tmp_path, content))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_encodings_are_named(tmp_path, encoding):
    with pytest.raises(DataError, match=rf"expected UTF-8 text, found {encoding.upper()}"):
        read_text(write(tmp_path, TEXT.encode(encoding)))


def test_a_binary_file(tmp_path):
    with pytest.raises(DataError, match=r"t\.csv, line 2: a NUL character"):
        read_text(write(tmp_path, b"a\nb\0c\n"))


@pytest.mark.parametrize("kept", [3, 15, 40])
def test_gzip_cut_short(tmp_path, kept):
    whole = gzip.compress(TEXT.encode() * 100, mtime=0)

    with pytest.raises(DataError, match=rf"the gzip file is cut short \({kept} bytes\)"):
        read_text(write(tmp_path, whole[:kept], "t.csv.gz"))


def test_gzip_damaged(tmp_path):
    damaged = bytearray(gzip.compress(TEXT.encode(), mtime=0))
    damaged[-6] ^= 0xFF  # a byte of the checksum at the end

    with pytest.raises(DataError, match=r"not a sound gzip file \(CRC check failed"):
        read_text(write(tmp_path, bytes(damaged), "t.csv.gz"))


def test_plain_text_under_the_name_of_gzip(tmp_path):
    with pytest.raises(DataError, match="not a sound gzip file"):
        read_text(write(tmp_path, TEXT.encode(), "t.csv.gz"))


def test_an_empty_file_under_the_name_of_gzip(tmp_path):
    with pytest.raises(DataError, match="the file is empty"):
        read_text(write(tmp_path, b"", "t.csv.gz"))
