"""The parser of each type of feature."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

from regression_model.schema.series import parse_series
from regression_model.schema.values import (
    Parser,
    parse_boolean,
    parse_category,
    parse_datetime,
    parse_integer,
    parse_number,
)

if TYPE_CHECKING:
    from regression_model.schema.feature import Feature

PARSERS: dict[str, Parser] = {
    "number": parse_number,
    "integer": parse_integer,
    "boolean": parse_boolean,
    "category": parse_category,
    "datetime": parse_datetime,
    "series": parse_series,
}
"""By the feature's type."""


def find_parser(feature: Feature, missing_values: Collection[str]) -> Parser:
    """Return the parser of a feature: that of its type, which for a series knows more.

    Parameters
    ----------
    feature : Feature
    missing_values : collection of str
        Texts that mean "unknown". Within a series the parser looks for them; of other values the caller has to.

    Returns
    -------
    callable
        Of one value.

    Examples
    --------
    >>> from regression_model.schema.feature import Feature
    >>> find_parser(Feature("speed", "series", nullable=False), ["-999"])([0.5, -999])
    (0.5, nan)
    """
    if feature.dtype != "series":
        return PARSERS[feature.dtype]
    return partial(parse_series, max_length=feature.max_length, missing_values=missing_values)
