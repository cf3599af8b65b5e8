"""Writes JSON in ASCII, so that nothing in it can begin a new line or upset a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import orjson

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


def dump_json(value: Any, *, default: Callable[[Any], Any] | None = None) -> bytes:  # noqa: ANN401 - whatever it is
    r"""Write a value.

    Parameters
    ----------
    value : object
        Of what JSON knows; numbers finite.
    default : callable, optional
        Makes of what JSON does not know what it knows.

    Returns
    -------
    bytes
        In one line, without its end.

    Examples
    --------
    >>> dump_json({"price": [208500.1, None], "city": "K\u00f6ln"})
    b'{"price":[208500.1,null],"city":"K\\u00f6ln"}'
    """
    try:
        written = orjson.dumps(value, default)
    except TypeError:  # integers of more than 64 bits, halves of surrogate pairs, keys that are no text
        return json.dumps(value, separators=(",", ":"), allow_nan=False, default=default).encode("ascii")
    return written if written.isascii() else _escape(written)


def _escape(written: bytes) -> bytes:
    return _BEYOND_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], written.decode("utf-8")).encode("ascii")
