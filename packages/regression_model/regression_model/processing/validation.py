"""Validates rows by the schema: what a training table and a request go through alike."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from regression_model.errors import InputDataError
from regression_model.frozen import suggest
from regression_model.processing.schema import Feature, Schema
from regression_model.processing.values import RejectedValue, build_frame, parse_feature

Rows = Mapping[str, Any] | Sequence[Mapping[str, Any]] | pd.DataFrame
"""One row, a list of rows, or a frame of rows; keys are the data's own column names."""

_MAX_SHOWN = 8
_NEAR = 0.8  # similarity, in [0, 1], from which a field counts as a misspelt feature
_EXPECTED = {
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "category": "text",
    "datetime": "a date or time as ISO 8601 text",
}


@dataclass(frozen=True)
class FieldError:
    """Why a row is refused. It never holds the row, nor the value that was sent.

    Attributes
    ----------
    field : str or None
        Name of the feature; None if the row as a whole is wrong.
    reason : str
        Code for programs: ``required``, ``missing_value``, ``wrong_type``, ``not_a_number``, ``not_finite``,
        ``not_whole``, ``not_positive``, ``bad_date``, ``unseen_category`` or ``not_an_object``; from a prediction
        also ``prediction_failed`` and ``prediction_not_finite``.
    message : str
        The same for people, with what to do.
    expected : str
        What would have been accepted.
    """

    field: str | None
    reason: str
    message: str
    expected: str

    def to_json(self) -> dict[str, str | None]:
        """Return a plain dictionary."""
        return asdict(self)


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
    for feature in schema:
        parsed[feature.name], found = _check_feature(columns[feature.name], feature, schema)
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
    if isinstance(input_data, Mapping):
        input_data = [input_data]
    if not isinstance(input_data, Sequence) or isinstance(input_data, str | bytes):
        raise InputDataError(
            f"expected a row (an object), a list of rows or a DataFrame, got {type(input_data).__name__}"
        )
    if not input_data:
        raise InputDataError("there are no rows; send at least one")
    errors: dict[int, list[FieldError]] = {}
    rows: list[Mapping[str, Any]] = []
    for position, row in enumerate(input_data):
        is_row = isinstance(row, Mapping)
        rows.append(row if is_row else {})
        problems = _find_absent(row, schema) if is_row else [_no_object(row)]
        if problems:
            errors[position] = problems
    columns = {name: pd.Series([row.get(name) for row in rows], dtype=object) for name in schema.names}
    return columns, len(rows), errors


def _columns_of_frame(
    frame: pd.DataFrame, schema: Schema
) -> tuple[dict[str, pd.Series], int, dict[int, list[FieldError]]]:
    if not len(frame):
        raise InputDataError("there are no rows; send at least one")
    labels = frame.columns.astype(str)  # a column may be labelled by a number
    if not labels.is_unique:
        twice = sorted(set(labels[labels.duplicated()]))
        raise InputDataError(f"these columns are there more than once: {', '.join(twice)}; keep one of each")
    position_of = {label: position for position, label in enumerate(labels)}
    problems = _find_absent(position_of, schema)
    errors = {row: list(problems) for row in range(len(frame))} if problems else {}
    columns = {
        name: frame.iloc[:, position_of[name]].reset_index(drop=True)
        if name in position_of
        else pd.Series([None] * len(frame), dtype=object)
        for name in schema.names
    }
    return columns, len(frame), errors


def _no_object(row: object) -> FieldError:
    message = f"a row has to be an object with the features as its fields, got {type(row).__name__}"
    return FieldError(None, "not_an_object", message, "an object")


def _find_absent(row: Mapping[str, Any], schema: Schema) -> list[FieldError]:
    absent = [feature for feature in schema if feature.name not in row]
    if not absent:
        return []
    unknown = [name[:200] for name in row if isinstance(name, str) and name not in schema.names]
    problems = []
    for feature in absent:
        sent = _find_misspelt(feature.name, unknown)
        hint = f"; {sent[:80]!r} was sent, which is no feature" if sent is not None else ""
        remedy = "send null if it is unknown" if feature.nullable else "it can't be left out"
        message = f"{feature.name!r} is not there{hint}; {remedy}"
        problems.append(FieldError(feature.name, "required", message, _EXPECTED[feature.dtype]))
    return problems


def _find_misspelt(name: str, unknown: list[str]) -> str | None:
    for other in unknown:
        if _fold(other) == _fold(name):
            return other
    near = difflib.get_close_matches(name, unknown, n=1, cutoff=_NEAR)
    return near[0] if near else None


def _fold(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _check_feature(
    values: pd.Series, feature: Feature, schema: Schema
) -> tuple[np.ndarray[Any, Any], dict[int, FieldError]]:
    """Parse one feature in all rows, and apply its rules."""
    parsed, rejected = parse_feature(values, feature.dtype, schema.missing_values)
    errors = {row: _rejected(feature, problem) for row, problem in rejected.items()}
    missing = pd.isna(parsed)
    if not feature.nullable and missing.any():
        message = f"{feature.name!r} is null or empty; the model has no rule for a missing value here"
        error = FieldError(feature.name, "missing_value", message, _EXPECTED[feature.dtype])
        for row in np.flatnonzero(missing).tolist():
            errors.setdefault(row, error)
    _check_bounds(parsed, feature, errors)
    _check_seen(parsed, feature, errors)
    return parsed, errors


def _check_bounds(parsed: np.ndarray[Any, Any], feature: Feature, errors: dict[int, FieldError]) -> None:
    if feature.exclusive_minimum is None:
        return
    expected = f"a number greater than {feature.exclusive_minimum:g}"
    message = f"{feature.name!r} has to be greater than {feature.exclusive_minimum:g}: the model takes its logarithm"
    for row in np.flatnonzero(parsed <= feature.exclusive_minimum).tolist():
        errors[row] = FieldError(feature.name, "not_positive", message, expected)


def _check_seen(parsed: np.ndarray[Any, Any], feature: Feature, errors: dict[int, FieldError]) -> None:
    if feature.on_unseen != "reject" or feature.categories is None:
        return
    known = list(feature.categories)
    shown = ", ".join(known[:_MAX_SHOWN]) + (f" and {len(known) - _MAX_SHOWN} more" if len(known) > _MAX_SHOWN else "")
    for row, value in enumerate(parsed.tolist()):
        if value is not None and value not in feature.categories:
            message = f"{feature.name!r} has a category that the model was not trained on{suggest(value[:80], known)}"
            errors[row] = FieldError(feature.name, "unseen_category", message, f"one of: {shown}")


def _rejected(feature: Feature, problem: RejectedValue) -> FieldError:
    return FieldError(feature.name, problem.reason, f"{feature.name!r} has to be {problem.expected}", problem.expected)
