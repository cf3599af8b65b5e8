"""What a model reads: its features, what a value of each may be, and what is said of one that it may not be.

Pure Python: a row is checked where neither NumPy nor pandas is loaded.
"""

from regression_model.schema.feature import Dtype, Feature, Schema
from regression_model.schema.field_errors import PREDICTION_FAILED, PREDICTION_NOT_FINITE, FieldError
from regression_model.schema.parsers import PARSERS
from regression_model.schema.row_checks import check_row, list_rows
from regression_model.schema.series import find_max_length, parse_series
from regression_model.schema.values import (
    RejectedValue,
    is_missing,
    parse_boolean,
    parse_category,
    parse_datetime,
    parse_integer,
    parse_number,
)

__all__ = [
    "PARSERS",
    "PREDICTION_FAILED",
    "PREDICTION_NOT_FINITE",
    "Dtype",
    "Feature",
    "FieldError",
    "RejectedValue",
    "Schema",
    "check_row",
    "find_max_length",
    "is_missing",
    "list_rows",
    "parse_boolean",
    "parse_category",
    "parse_datetime",
    "parse_integer",
    "parse_number",
    "parse_series",
]
