"""Reads the JSON that nearly all clients send, at the speed of `orjson`: rows whose values are single ones."""

from __future__ import annotations

from typing import Any, Final

import orjson

UNREAD: Final = object()
"""What `read_flat` returns instead of a document that it can't vouch for."""

MAX_OBJECTS = 100_000
"""The reader lets no other thread in until it is done: what holds more objects is not for it."""
MAX_SOURCE_BYTES = 1_500_000
_LEVELS = 3  # of an envelope
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG_INTEGER = b"0" * 19  # which may not fit into 64 bits: orjson would make a float of it


def read_flat(body: bytes, *, max_nesting: int) -> object:
    """Read one object, a list of objects, or such a list under the only key of an object.

    Never takes what `ml_api.schemas.strict_json` refuses, and reads nothing differently. `orjson` itself refuses what
    is no JSON, numbers that are infinite, and bytes that are no UTF-8. The rest follows from counting: outside of
    texts, a body has as many colons as keys, so that none of them came twice if as many keys are in the document; it
    has as many braces as there are objects, so that none lies in a row. Without a backslash, texts are what they look
    like.

    Parameters
    ----------
    body : bytes
    max_nesting : int
        How many arrays and objects may lie inside one another.

    Returns
    -------
    object
        The document, or `UNREAD`: then it may be anything, also right.

    Examples
    --------
    >>> read_flat(b'[{"LotArea": 8450}]', max_nesting=16)
    [{'LotArea': 8450}]
    >>> read_flat(b'[{"LotArea": [8450]}]', max_nesting=16) is UNREAD
    True
    """
    n_objects = body.count(b"{")
    if max_nesting < _LEVELS or not 0 < n_objects <= MAX_OBJECTS or not _is_plain(body):
        return UNREAD
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return UNREAD  # the strict reader says why
    rows, n_outer = _find_rows(document, has_list=b"[" in body)
    if rows is None or n_objects != len(rows) + n_outer or any(type(row) is not dict for row in rows):
        return UNREAD
    n_keys = sum(map(len, rows)) + n_outer
    n_colons = body.count(b":")
    if n_colons != n_keys and n_colons != n_keys + _count_colons(document, rows):
        return UNREAD
    return document


def _is_plain(body: bytes) -> bool:
    """Say whether there is one list at most, no escape, and no integer that may be too long."""
    first_list = body.find(b"[")
    if first_list >= 0 and body.find(b"[", first_list + 1) >= 0:
        return False
    return b"\\" not in body and _LONG_INTEGER not in body.translate(_DIGITS)


def _find_rows(document: Any, *, has_list: bool) -> tuple[list[Any] | None, int]:  # noqa: ANN401 - parsed JSON
    """Return the rows, and how many objects are around them; None if the document has another form."""
    if type(document) is list:
        return document, 0
    if not has_list:
        return [document], 0
    if len(document) == 1:
        [rows] = document.values()
        if type(rows) is list:
            return rows, 1
    return None, 0


def _count_colons(document: Any, rows: list[dict[str, Any]]) -> int:  # noqa: ANN401 - parsed JSON
    """Count the colons within texts; of an envelope, also those in its key."""
    n_colons = sum(name.count(":") for name in document) if type(document) is dict and rows[:1] != [document] else 0
    for row in rows:
        n_colons += "".join(row).count(":")
        n_colons += "".join([value for value in row.values() if type(value) is str]).count(":")
    return n_colons


def find_source(body: bytes) -> bytes | None:
    r"""Return the rows of a body that `read_flat` has read as they stand in it: a list, in one line of ASCII.

    Returns
    -------
    bytes or None
        None if the body has several lines, or other characters, or is too long for one line of a log.

    Examples
    --------
    >>> find_source(b'{"inputs": [{"LotArea": 8450}]} '), find_source(b'{"LotArea": 8450}')
    (b'[{"LotArea": 8450}]', b'[{"LotArea": 8450}]')
    """
    if len(body) > MAX_SOURCE_BYTES or b"\n" in body or b"\r" in body or not body.isascii():
        return None
    start = body.find(b"[")  # there is one at most, and none in a text
    return b"[%b]" % body.strip() if start < 0 else body[start : body.rfind(b"]") + 1]
