"""The text of a file: unpacked if it is gzip, decoded as UTF-8, or refused with the place of the fault."""

from __future__ import annotations

import codecs
import gzip
import zlib
from typing import TYPE_CHECKING

from regression_model.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

_GZIP_MAGIC = b"\x1f\x8b"
# UTF-32 comes first: its little-endian mark begins with that of UTF-16.
_WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def read_text(path: Path) -> str:
    """Read a whole text file, plain or gzip.

    Gzip is told by its first two bytes, because servers and browsers rename files; a name that
    ends in ``.gz`` must hold gzip. A byte order mark is dropped. Line ends stay as they are.

    Parameters
    ----------
    path : pathlib.Path
        An existing file.

    Returns
    -------
    str
        The text.

    Raises
    ------
    DataError
        The gzip is cut short or damaged, the bytes are not UTF-8, or the file is binary.
    """
    content = path.read_bytes()
    if content.startswith(_GZIP_MAGIC) or path.suffix.lower() == ".gz":
        content = _unpack(content, path.name)
    return _decode(content, path.name)


def _unpack(content: bytes, file_name: str) -> bytes:
    """Unpack gzip, of one or several members."""
    if not content:
        raise DataError(f"{file_name}: the file is empty (0 bytes)")
    try:
        return gzip.decompress(content)
    except EOFError as error:
        raise DataError(
            f"{file_name}: the gzip file is cut short ({len(content)} bytes); get a complete copy of it"
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{file_name}: not a sound gzip file ({error}); get another copy of it") from error


def _decode(content: bytes, file_name: str) -> str:
    """Decode UTF-8 and name the byte and line of the first fault."""
    for mark, encoding in _WIDE_MARKS.items():
        if content.startswith(mark):
            raise DataError(f"{file_name}: expected UTF-8 text, found {encoding}; save the file as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # After a byte order mark, the codec counts from behind it.
        start = error.start + len(content) - len(error.object)
        line = content.count(b"\n", 0, start) + 1
        raise DataError(
            f"{file_name}, line {line}: byte 0x{content[start]:02X} at offset {start} is not UTF-8; "
            "save the file as UTF-8"
        ) from error
    position = text.find("\0")
    if position >= 0:
        line = text.count("\n", 0, position) + 1
        raise DataError(f"{file_name}, line {line}: a NUL character; this is a binary file, not text")
    return text
