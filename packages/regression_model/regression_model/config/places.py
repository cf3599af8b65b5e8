"""Finds the line of a key in a YAML text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


def find_place(text: str, path: Sequence[str]) -> tuple[int, list[str]]:
    r"""Find the deepest part of a path of keys that is in a text.

    Parameters
    ----------
    text : str
        Valid YAML.
    path : sequence of str
        Keys and positions in lists. Parts that are neither are skipped (pydantic also names the members of its
        unions); a last part that is not there counts as a missing key of the section before it.

    Returns
    -------
    line : int
        From 1.
    keys : list of str
        The path as it is in the file.

    Examples
    --------
    >>> find_place("a:\n  b:\n  - c: 1\n", ["a", "b", "0", "c"])
    (3, ['a', 'b', '0', 'c'])
    >>> find_place("a:\n  b: 1\n", ["a", "missing"])
    (1, ['a', 'missing'])
    """
    place: tuple[int, list[str]] = (1, [])
    for place in _walk(text, path):  # noqa: B007 - the last one counts
        pass
    return place


def _walk(text: str, path: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    from strictyaml.ruamel import RoundTripLoader, compose

    node: Any = compose(text, Loader=RoundTripLoader)  # parses only: no object is built
    line, keys = 1, list[str]()
    for index, part in enumerate(path):
        children = _children(node)
        if part in children:
            line, node = children[part]
            keys = [*keys, part]
            yield line, keys
        elif index == len(path) - 1:
            yield line, [*keys, part]


def _children(node: Any) -> dict[str, tuple[int, Any]]:  # noqa: ANN401 - ruamel has no types
    """Return the entries of a mapping or list, with the line on which each begins."""
    if node.id == "mapping":
        return {key.value: (key.start_mark.line + 1, value) for key, value in node.value}
    if node.id == "sequence":
        return {str(position): (item.start_mark.line + 1, item) for position, item in enumerate(node.value)}
    return {}
