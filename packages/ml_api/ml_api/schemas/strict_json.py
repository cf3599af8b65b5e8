"""Reads JSON as RFC 8259 has it, and less than Python does where Python's reader is generous."""

from __future__ import annotations

import json
import math
from typing import NoReturn

from ml_api.errors import DocumentError
from ml_api.schemas.flat_json import UNREAD, read_flat

# Python's reader takes a list without letting another thread in, and slows down with their number: ten million bytes
# of `[],[],` would keep a worker silent for a second.
MAX_LISTS = 100_000


def parse_document(body: bytes, *, max_nesting: int) -> object:
    """Parse the body of a request.

    Refused, although `json.loads` takes them: ``NaN`` and ``Infinity``, numbers too large for a 64-bit float,
    a key that comes twice in one object, halves of surrogate pairs, encodings other than UTF-8.

    Parameters
    ----------
    body : bytes
        The whole body.
    max_nesting : int
        How many arrays and objects may lie inside one another.

    Returns
    -------
    object
        What the document says, as Python's lists, dictionaries, strings, numbers, booleans and None. Each
        number is finite as a float.

    Raises
    ------
    DocumentError
        With what is wrong and, for a syntax error, where; never with the body's own text.

    Examples
    --------
    >>> parse_document(b'[{"LotArea": 8450}]', max_nesting=16)
    [{'LotArea': 8450}]
    >>> parse_document(b'[{"LotArea": NaN}]', max_nesting=16)
    Traceback (most recent call last):
    ...
    ml_api.errors.DocumentError: The body is no JSON: NaN is no JSON number. Send null for a missing value.
    """
    document = read_flat(body, max_nesting=max_nesting)
    return parse_slowly(body, max_nesting=max_nesting) if document is UNREAD else document


def parse_slowly(body: bytes, *, max_nesting: int) -> object:
    """Parse what `read_flat` leaves unread, with an eye on everything; as `parse_document`."""
    document = _parse(_decode(body), max_nesting)
    # Python turns the escape of a lone surrogate into a string that can't be written as UTF-8 again.
    if b"\\u" in body:
        _check_unicode(document)
    return document


def _decode(body: bytes) -> str:
    if not body.strip():
        raise DocumentError("The body is empty. Send a JSON object, or a list of objects.")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(f"The body is not encoded in UTF-8: see byte {error.start}.") from None


def _parse(text: str, max_nesting: int) -> object:
    if text.count("[") > MAX_LISTS:
        raise DocumentError(f"The body holds more than {MAX_LISTS} lists. Rows hold none.")
    too_deep = DocumentError(f"The body is nested too deeply: more than {max_nesting} levels.")
    try:
        document: object = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_parse_float,
            parse_int=_parse_int,
            object_pairs_hook=_build_object,
        )
    except RecursionError:
        raise too_deep from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise DocumentError(f"The body is no JSON: {error.msg} at {place}.") from None
    if not _is_nested_within(document, max_nesting):
        raise too_deep
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise DocumentError(f"The body is no JSON: {name} is no JSON number. Send null for a missing value.")


def _parse_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise DocumentError("The body holds a number that is too large for a 64-bit float, such as 1e400.")
    return value


def _parse_int(text: str) -> int:
    # Through the float first: it tells how large the number is without the quadratic time that `int` takes.
    _parse_float(text)
    return int(text)


def _build_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    built = dict(pairs)
    if len(built) != len(pairs):
        raise DocumentError("An object in the body has the same key twice, so that its value is ambiguous.")
    return built


def _is_nested_within(document: object, max_nesting: int) -> bool:
    """Look level by level, so that the depth of the document is never the depth of our own calls."""
    level = [document] if isinstance(document, (dict, list)) else []
    for _ in range(max_nesting):
        level = [
            child
            for container in level
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, (dict, list))
        ]
    return not level


def _check_unicode(document: object) -> None:
    """Look at each text by itself, so that other threads have their turn in between."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise DocumentError("The body holds half of a surrogate pair, which is no character.") from None
