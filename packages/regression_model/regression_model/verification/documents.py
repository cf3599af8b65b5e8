"""Compares two JSON documents: where they differ, and where by more than sums in another order can explain."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

TOLERANCE = 1e-9
"""Relative difference of numbers that count as the same; absolute for those around 0."""

ABSENT = "(nothing)"


def find_differences(one: Any, other: Any, *, tolerance: float = 0.0, path: str = "") -> Iterator[str]:  # noqa: ANN401
    """Yield the path of each value that differs.

    Parameters
    ----------
    one, other : JSON values
    tolerance : float, default 0.0
        Relative difference up to which numbers are the same (absolute for those around 0).
    path : str
        What the paths begin with.

    Examples
    --------
    >>> list(find_differences({"a": [1, 2.0], "b": "x"}, {"a": [1, 2.5]}))
    ['a.1', 'b']
    >>> list(find_differences({"a": 1.0}, {"a": 1.0 + 1e-12}, tolerance=1e-9))
    []
    """
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = [(key, one.get(key, ABSENT), other.get(key, ABSENT)) for key in sorted({*one, *other})]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(str(place), *pair) for place, pair in enumerate(zip(one, other, strict=True))]
    else:
        if not _is_same(one, other, tolerance):
            yield path
        return
    for key, left, right in pairs:
        yield from find_differences(left, right, tolerance=tolerance, path=f"{path}.{key}" if path else key)


def shorten(names: list[str], *, most: int = 5) -> str:
    """Name some of the paths, and say how many more there are.

    Examples
    --------
    >>> shorten(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest:,} more" if rest > 0 else "")


def _is_same(one: Any, other: Any, tolerance: float) -> bool:  # noqa: ANN401 - whatever JSON holds
    if _is_number(one) and _is_number(other):
        try:
            return one == other or math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
        except OverflowError:  # a whole number that no float holds
            return False
    return type(one) is type(other) and bool(one == other)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
