"""Checks one row by the schema, value by value: exact, and with every error that there is to tell.

It decides what `regression_model.processing.validation` decides for the same row among others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from regression_model.errors import InputDataError
from regression_model.schema.feature import Feature, Schema
from regression_model.schema.field_errors import (
    AbsentFields,
    FieldError,
    UnseenCategories,
    find_absent,
    missing_value,
    not_an_object,
    not_positive,
    rejected_value,
)
from regression_model.schema.parsers import find_parser
from regression_model.schema.values import RejectedValue, find_missing_numbers, to_plain


def list_rows(input_data: object) -> Sequence[object]:
    """Return the rows of an input that is one row or a list of them; what each is, is not looked at.

    Parameters
    ----------
    input_data : object

    Returns
    -------
    sequence of length n_rows
        Not empty.

    Raises
    ------
    InputDataError
        If the input is no rows at all.
    """
    if isinstance(input_data, Mapping):
        return [input_data]
    if not isinstance(input_data, Sequence) or isinstance(input_data, str | bytes):
        raise InputDataError(
            f"expected a row (an object), a list of rows or a DataFrame, got {type(input_data).__name__}"
        )
    if not input_data:
        raise InputDataError("there are no rows; send at least one")
    return input_data


def check_row(
    row: object, schema: Schema, absent: AbsentFields | None = None
) -> tuple[list[Any] | None, list[FieldError]]:
    """Check a row and turn its values into what the model reads.

    Parameters
    ----------
    row : object
        A mapping from the data's own column names to values; anything else is an error of its own. Fields that the
        schema does not know are ignored.
    schema : Schema
    absent : AbsentFields, optional
        For one of many rows.

    Returns
    -------
    values : list of length n_features, or None
        In the order of the schema: float (NaN if missing) for numbers, integers and booleans, text or None for
        categories, a datetime without zone, in UTC, or None for datetimes, a tuple of float or None for series.
        None if there is an error.
    errors : list of FieldError
        In the order of the schema, one for a feature at most. A row that lacks a feature, whose fields may be
        misspelt, is not looked into any further.

    Examples
    --------
    >>> schema = Schema((Feature("area", "number", nullable=False), Feature("zone", "category", nullable=True)))
    >>> check_row({"area": "12.5", "zone": None}, schema)
    ([12.5, None], [])
    >>> [error.reason for error in check_row({"area": None, "zone": "A"}, schema)[1]]
    ['missing_value']
    """
    if not isinstance(row, Mapping):
        return None, [not_an_object(row)]
    errors = find_absent(row, schema) if absent is None else absent.find(row)
    if errors:
        return None, errors
    missing_numbers = find_missing_numbers(schema.missing_values)
    unseen = UnseenCategories()
    values = []
    for feature in schema:
        value = row[feature.name]
        if isinstance(value, str) and value in schema.missing_values:
            value = None
        try:
            value = find_parser(feature, schema.missing_values)(to_plain(value))
        except RejectedValue as problem:
            errors.append(rejected_value(feature, problem))
            continue
        if feature.dtype in ("number", "integer") and value in missing_numbers:
            value = math.nan
        error = _find_broken_rule(value, feature, unseen)
        if error is not None:
            errors.append(error)
        values.append(value)
    return (None, errors) if errors else (values, errors)


def _find_broken_rule(value: Any, feature: Feature, unseen: UnseenCategories) -> FieldError | None:  # noqa: ANN401
    """Apply the rules of a feature to a value that is of its type.

    Parameters
    ----------
    value : float, str, datetime or None
        As a parser returns it.
    feature : Feature
    unseen : UnseenCategories
        Of the row.

    Returns
    -------
    FieldError or None
        ``missing_value``, ``not_positive`` or ``unseen_category``.
    """
    if value is None or value != value:  # noqa: PLR0124 - NaN alone differs from itself
        return None if feature.nullable else missing_value(feature)
    if feature.exclusive_minimum is not None and value <= feature.exclusive_minimum:
        return not_positive(feature)
    if feature.on_unseen == "reject" and feature.categories is not None and value not in feature.categories:
        return unseen.refuse(feature, value)
    return None
