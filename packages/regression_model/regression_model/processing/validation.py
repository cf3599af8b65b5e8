"""Validates rows by the schema: what a training table and a request go through alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from regression_model.errors import InputDataError
from regression_model.processing.values import build_frame, parse_feature
from regression_model.schema import Feature, FieldError, Schema, list_rows
from regression_model.schema.field_errors import (
    AbsentFields,
    UnseenCategories,
    find_absent,
    missing_value,
    not_an_object,
    not_positive,
    rejected_value,
)

Rows = Mapping[str, Any] | Sequence[Mapping[str, Any]] | pd.DataFrame
"""One row, a list of rows, or a frame of rows; keys are the data's own column names."""


@dataclass(frozen=True)
class ValidatedInputs:
    """The rows that passed, and why the others did not.

    Attributes
    ----------
    frame : DataFrame of shape (n_valid, n_features)
        Model-ready rows that passed, in order, with a RangeIndex.
    valid : ndarray of bool of shape (n_rows,)
        Which rows passed.
    errors : dict of int to tuple of FieldError
        By position in the input.
    """

    frame: pd.DataFrame
    valid: np.ndarray[Any, np.dtype[np.bool_]]
    errors: Mapping[int, tuple[FieldError, ...]]


def validate_inputs(*, input_data: Rows, schema: Schema) -> ValidatedInputs:
    """Check rows against a schema and turn them into what the pipeline takes.

    Each feature has to be there in each row; one that is nullable may be null. A field that was left out by mistake
    would else be predicted as an unknown value, without a word. Fields that the schema does not know are ignored,
    so that a table can be sent as it is.

    Parameters
    ----------
    input_data : mapping, sequence of mappings, or DataFrame
        One row or several.
    schema : Schema

    Returns
    -------
    ValidatedInputs

    Raises
    ------
    InputDataError
        If the input is no rows at all: another type, no row in it, or a frame with duplicated columns.
    """
    columns, n_rows, errors = _as_columns(input_data, schema)
    refused = set(errors)  # what is no row, or has misspelt fields, is not looked into any further
    parsed: dict[str, np.ndarray[Any, Any]] = {}
    unseen = UnseenCategories()
    for feature in schema:
        parsed[feature.name], found = _check_feature(columns[feature.name], feature, schema, unseen)
        for row, error in found.items():
            if row not in refused:
                errors.setdefault(row, []).append(error)
    valid = np.ones(n_rows, dtype=bool)
    valid[list(errors)] = False
    frame = build_frame(parsed).loc[valid].reset_index(drop=True)
    return ValidatedInputs(frame, valid, {row: tuple(found) for row, found in sorted(errors.items())})


def _as_columns(input_data: Rows, schema: Schema) -> tuple[dict[str, pd.Series], int, dict[int, list[FieldError]]]:
    """Bring any input into one series per feature, and find the rows that are no rows or lack a feature."""
    if isinstance(input_data, pd.DataFrame):
        return _columns_of_frame(input_data, schema)
    errors: dict[int, list[FieldError]] = {}
    rows: list[Mapping[str, Any]] = []
    absent = AbsentFields(schema)
    for position, row in enumerate(list_rows(input_data)):
        problems = absent.find(row) if isinstance(row, Mapping) else [not_an_object(row)]
        rows.append(row if isinstance(row, Mapping) and not problems else {})
        if problems:
            errors[position] = problems
    columns = {name: pd.Series([row.get(name) for row in rows], dtype=object) for name in schema.names}
    return columns, len(rows), errors


def check_frame(frame: pd.DataFrame) -> pd.Index:
    """Return the labels of a frame's columns, as text.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)

    Returns
    -------
    Index of length n_columns

    Raises
    ------
    InputDataError
        If there is no row, or two columns have the same label.
    """
    if not len(frame):
        raise InputDataError("there are no rows; send at least one")
    labels = frame.columns.astype(str)  # a column may be labelled by a number
    if not labels.is_unique:
        twice = sorted(set(labels[labels.duplicated()]))
        raise InputDataError(f"these columns are there more than once: {', '.join(twice)}; keep one of each")
    return labels


def _columns_of_frame(
    frame: pd.DataFrame, schema: Schema
) -> tuple[dict[str, pd.Series], int, dict[int, list[FieldError]]]:
    labels = check_frame(frame)
    position_of = {label: position for position, label in enumerate(labels)}
    problems = find_absent(position_of, schema)
    errors = {row: list(problems) for row in range(len(frame))} if problems else {}
    columns = {
        name: frame.iloc[:, position_of[name]].reset_index(drop=True)
        if name in position_of
        else pd.Series([None] * len(frame), dtype=object)
        for name in schema.names
    }
    return columns, len(frame), errors


def _check_feature(
    values: pd.Series, feature: Feature, schema: Schema, unseen: UnseenCategories
) -> tuple[np.ndarray[Any, Any], dict[int, FieldError]]:
    """Parse one feature in all rows, and apply its rules."""
    parsed, rejected = parse_feature(values, feature.dtype, schema.missing_values, max_length=feature.max_length)
    errors = {row: rejected_value(feature, problem) for row, problem in rejected.items()}
    missing = pd.isna(parsed)
    if not feature.nullable and missing.any():
        error = missing_value(feature)
        for row in np.flatnonzero(missing).tolist():
            errors.setdefault(row, error)
    _check_bounds(parsed, feature, errors)
    _check_seen(parsed, feature, unseen, errors)
    return parsed, errors


def _check_bounds(parsed: np.ndarray[Any, Any], feature: Feature, errors: dict[int, FieldError]) -> None:
    if feature.exclusive_minimum is None:
        return
    error = not_positive(feature)
    for row in np.flatnonzero(parsed <= feature.exclusive_minimum).tolist():
        errors[row] = error


def _check_seen(
    parsed: np.ndarray[Any, Any], feature: Feature, unseen: UnseenCategories, errors: dict[int, FieldError]
) -> None:
    if feature.on_unseen != "reject" or feature.categories is None:
        return
    for row, value in enumerate(parsed.tolist()):
        if value is not None and value not in feature.categories:
            errors[row] = unseen.refuse(feature, value)
