"""Which lines of a YAML file belong to which key or item, with the comments above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class UnusualLayoutError(Exception):
    """A part of a file is laid out so that its lines can't be told apart; it is written anew instead."""


@dataclass(frozen=True, eq=False)
class Entry:
    """One key of a mapping, or one item of a list.

    Attributes
    ----------
    key : str
        Empty for an item.
    lead : int
        First of the blank lines and comments above it; from 0.
    first : int
        Line on which it begins.
    end : int
        Line behind its last one.
    column : int
        Of the key, or of the item's dash.
    value : node
        What the parser made of it.
    """

    key: str
    lead: int
    first: int
    end: int
    column: int
    value: Any


def list_sections(text: str) -> list[Entry]:
    """Return the top level of a file.

    Parameters
    ----------
    text : str
        Valid YAML, a mapping.
    """
    from strictyaml.ruamel import RoundTripLoader, compose

    root: Any = compose(text, Loader=RoundTripLoader)  # parses only: no object is built
    lines = text.split("\n")
    return list_entries(lines, root, 0, _strip(lines, 0, len(lines)))


def list_entries(lines: Sequence[str], node: Any, begin: int, end: int) -> list[Entry]:  # noqa: ANN401 - untyped nodes
    """Return the entries of a mapping or list in block style.

    Parameters
    ----------
    lines : sequence of str
        Of the whole file.
    node : node
    begin, end : int
        Between these lines its entries and their comments lie.

    Raises
    ------
    UnusualLayoutError
        If it is in flow style, empty, or two entries share a line.
    """
    if node.id not in ("mapping", "sequence") or node.flow_style or not node.value:
        raise UnusualLayoutError
    if node.id == "mapping":
        found = [(key.value, key.start_mark.line, key.start_mark.column, value) for key, value in node.value]
    else:
        found = [("", item.start_mark.line, lines[item.start_mark.line].find("-"), item) for item in node.value]
    firsts = [line for _, line, _, _ in found]
    if len(set(firsts)) < len(firsts) or firsts != sorted(firsts) or any(column < 0 for _, _, column, _ in found):
        raise UnusualLayoutError
    # The first entry may stand behind the dash of the item that it belongs to.
    leads = [_find_lead(lines, first, max(begin, before)) for first, before in zip(firsts, [0, *firsts], strict=False)]
    ends = [*leads[1:], end]
    return [
        Entry(key, lead, first, until, column, value)
        for (key, first, column, value), lead, until in zip(found, leads, ends, strict=True)
    ]


def is_comment(line: str) -> bool:
    """Say whether a line is blank or a comment."""
    stripped = line.strip()
    return not stripped or stripped.startswith("#")


def _find_lead(lines: Sequence[str], first: int, begin: int) -> int:
    lead = first
    while lead > begin and is_comment(lines[lead - 1]):
        lead -= 1
    return lead


def _strip(lines: Sequence[str], begin: int, end: int) -> int:
    while end > begin and is_comment(lines[end - 1]):
        end -= 1
    return end
