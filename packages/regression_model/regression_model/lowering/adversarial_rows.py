"""Rows that a careless or hostile client could send, made from the schema: always the same ones."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regression_model.schema import Feature, Schema

_EXTREMES = (1e300, -1e300, 1e39, -1e39)
"""Beyond what most sums and squares can take, and beyond numbers of 32 bits."""

_NO_ROWS: tuple[Any, ...] = ({}, [], None, 5, "row")
_NUMBERS: tuple[Any, ...] = (
    0,
    0.0,
    -0.0,
    -1,
    -2.5,
    3,
    3.0,
    "3",
    " 4.5 ",
    "-1e3",
    "1e-300",
    "inf",
    "NA",
    "a",
    True,
    [1],
)
_TEXTS: tuple[Any, ...] = (
    "no such category",
    "NA",
    "nan",
    " ",
    7,
    7.0,
    2.5,
    False,
    "x" * 300,
    "\u00e9\u4e2d",
    "a\x00b",
    "\ud800",  # half of a pair of surrogates: JSON can say it, UTF-8 can't
    {},
)
_BOOLEANS: tuple[Any, ...] = (True, False, 1, 0.0, "yes", "N", " t ", 2, "maybe", "NA", [])
_DATES: tuple[Any, ...] = (
    "2024-02-29",
    "2023-12-31T23:59:59.999999",
    "2021-01-03",
    "2024-05-31T12:00:00+05:30",
    "2020-06-30T00:00:00Z",
    "1677-09-22",
    "1900-02-28",
    "1969-12-31T23:59:59.5",
    "2262-04-11",
    "9999-12-31",
    "2023-02-29",
    "NaT",
    20240101,
    True,
)


def build_adversarial_rows(schema: Schema, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Build rows that try what can go wrong.

    Each feature in turn is missing, left out, unseen, extreme, zero, negative, a whole number as a float, a number as
    text, a boolean, or of another type altogether, while the others are as usual; then all of them at once.

    Parameters
    ----------
    schema : Schema
    rows : sequence of mapping
        Some usual rows in wire form; may be empty.

    Returns
    -------
    list
        In wire form; some are no objects at all. No random choice is made.
    """
    usual = {feature.name: feature.typical for feature in schema}
    built: list[Any] = [*_NO_ROWS, usual]
    bases = [usual, *rows[:1], *rows[-1:]]
    for position, feature in enumerate(schema):
        base = bases[position % len(bases)]
        built += [{**base, feature.name: value} for value in odd_values(feature, position, schema)]
        built.append({name: value for name, value in base.items() if name != feature.name})
    built += _odd_everywhere(schema, usual)
    return built


def odd_values(feature: Feature, position: int, schema: Schema) -> Iterator[Any]:
    """Yield values that try what can go wrong with one feature.

    Parameters
    ----------
    feature : Feature
    position : int
        Of the feature in the schema: not each is tried with every extreme.
    schema : Schema

    Yields
    ------
    object
        In wire form; most of them are refused by validation.
    """
    yield from (None, "", math.nan, *schema.missing_values[:2])
    if feature.dtype == "category":
        yield from _TEXTS
        known = list(feature.categories or ())
        for category in (*known[:1], *known[-1:]):
            yield from (category, category.swapcase(), f" {category}")
        return
    if feature.dtype == "boolean":
        yield from _BOOLEANS
        return
    if feature.dtype == "datetime":
        yield from (*_DATES, feature.minimum, feature.maximum)
        return
    yield from _NUMBERS
    yield from (sys.float_info.max, -sys.float_info.max)
    yield _EXTREMES[position % len(_EXTREMES)]
    yield from _around(feature)


def _around(feature: Feature) -> Iterator[Any]:
    """Yield numbers at and beyond the ends of what training saw."""
    for end, step in ((feature.minimum, -1), (feature.maximum, 1)):
        if isinstance(end, int | float):
            yield from (end, end + step, end + 1000 * step, 10 * end)
    if feature.exclusive_minimum is not None:
        bound = feature.exclusive_minimum
        yield from (bound, math.nextafter(bound, math.inf), bound + 1e-12)


def _odd_everywhere(schema: Schema, usual: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield rows of which several features are odd at once."""
    yield dict.fromkeys(schema.names)
    yield {**usual, **{feature.name: None for feature in schema if feature.nullable}}
    yield {**usual, **{feature.name: "no such category" for feature in schema if feature.dtype == "category"}}
    numbers = [feature for feature in schema if feature.dtype in ("number", "integer")]
    for value in (0, -1, 1e6, -1e6, *_EXTREMES):
        yield {**usual, **{feature.name: value for feature in numbers}}
    for end in ("minimum", "maximum"):
        yield {**usual, **{feature.name: getattr(feature, end) for feature in numbers}}
    yield {**usual, **{feature.name: str(feature.typical) for feature in numbers}}
    yield {name: usual[name] for name in reversed(schema.names)}
    yield {**usual, "no such feature": 1}
