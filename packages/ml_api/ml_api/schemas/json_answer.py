"""Writes answers as JSON, so that a large one keeps nobody waiting."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# Down to here, a part at a time whatever its size: an answer of errors has these around its rows.
_OUTER_LEVELS = 3
_MANY = 100

_dump = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def write_json_answer(answer: Mapping[str, Any]) -> bytes:
    r"""Write an answer.

    Python's writer lets no other thread in until it is done, so that it gets long lists and objects piece by piece.

    Parameters
    ----------
    answer : mapping
        Of what JSON knows; keys are text, numbers finite.

    Returns
    -------
    bytes
        One line of ASCII.

    Examples
    --------
    >>> write_json_answer({"predictions": [208500.1, None], "errors": {"1": []}})
    b'{"predictions":[208500.1,null],"errors":{"1":[]}}\n'
    """
    return _write(answer, 0).encode("ascii") + b"\n"


def _write(value: Any, level: int) -> str:  # noqa: ANN401 - whatever JSON knows
    if level >= _OUTER_LEVELS and (not isinstance(value, Mapping | list) or len(value) <= _MANY):
        return _dump(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_dump(name)}:{_write(inner, level + 1)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_write(inner, level + 1) for inner in value) + "]"
    return _dump(value)
