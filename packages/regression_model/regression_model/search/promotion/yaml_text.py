"""Plain data as YAML, in the style of our configuration files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH = 120
_PLAIN = re.compile(r"[A-Za-z0-9_./+-][A-Za-z0-9_ ./+<>=()'-]*(?<! )")
# Other readers than ours take these for something else than text.
_AMBIGUOUS = re.compile(
    r"(?i)(y|n|yes|no|on|off|true|false|null|none|~|[-+.]?[0-9][0-9_.e+-]*|0[xob][0-9a-f_]+|[-+]?\.(inf|nan)|---.*|\.\.\.)"
)


def format_entry(key: str, value: object, indent: int) -> list[str]:
    """Return the lines of one key of a mapping.

    Parameters
    ----------
    key : str
    value : object
        Text, number, boolean, list or mapping, nested as they come.
    indent : int
        Spaces before the key.

    Examples
    --------
    >>> format_entry("order", ["NA", "No", 1.5], 2)
    ['  order: [NA, "No", 1.5]']
    """
    # A key that another reader would take for a number or "no" is one of our own words all the same.
    head = " " * indent + (key if _PLAIN.fullmatch(key) else format_scalar(key)) + ":"
    if isinstance(value, Mapping) and value:
        return [head, *format_mapping(value, indent + 2)]
    if isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
        return [head, *(line for item in value for line in format_item(item, indent + 2))]
    if key == "columns" and isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    return _format_inline(head, value)


def format_mapping(value: Mapping[str, Any], indent: int) -> list[str]:
    """Return the lines of a mapping that is not empty."""
    return [line for name, item in value.items() for line in format_entry(name, item, indent)]


def format_item(value: Mapping[str, Any], indent: int) -> list[str]:
    """Return the lines of a mapping that is an item of a list; ``indent`` is that of the dash."""
    lines = format_mapping(value, indent + 2)
    return [" " * indent + "- " + lines[0][indent + 2 :], *lines[1:]]


def format_scalar(value: object) -> str:
    """Write a value that is no list and no mapping; text in quotes where it could be taken for something else.

    Examples
    --------
    >>> [format_scalar(value) for value in (True, 0.05, "LotArea", "No", "a: b", "")]
    ['true', '0.05', 'LotArea', '"No"', '"a: b"', '""']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and not _AMBIGUOUS.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _format_inline(head: str, value: object) -> list[str]:
    """Write a value behind its key; lists are broken at the width, their lines flush behind the bracket."""
    if not isinstance(value, list | tuple):
        return [f"{head} {'{}' if isinstance(value, Mapping) else format_scalar(value)}".rstrip()]
    lines = [f"{head} ["]
    for place, item in enumerate(value):
        word = _format_nested(item) + ("," if place < len(value) - 1 else "]")
        space = " " if place else ""
        if place and len(lines[-1]) + len(space) + len(word) > WIDTH:
            lines.append(" " * (len(head) + 2) + word)
        else:
            lines[-1] += space + word
    return lines if value else [f"{head} []"]


def _format_nested(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(_format_nested(item) for item in value)}]"
    return format_scalar(value)
