"""The parser of each type of feature."""

from __future__ import annotations

from regression_model.schema.series import parse_series
from regression_model.schema.values import (
    Parser,
    parse_boolean,
    parse_category,
    parse_datetime,
    parse_integer,
    parse_number,
)

PARSERS: dict[str, Parser] = {
    "number": parse_number,
    "integer": parse_integer,
    "boolean": parse_boolean,
    "category": parse_category,
    "datetime": parse_datetime,
    "series": parse_series,
}
"""By the feature's type."""
