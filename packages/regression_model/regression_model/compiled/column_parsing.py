"""From the values of one feature in many rows, as they were sent or read, to a column: types and rules checked.

What is as usual is looked at as a whole; what is not, value by value, as `regression_model.schema.check_row` does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regression_model.compiled.columns import Column, Flags, Floats, Texts
from regression_model.compiled.operations.missing import find_missing
from regression_model.schema import PARSERS, Feature, FieldError, RejectedValue
from regression_model.schema.field_errors import UnseenCategories, missing_value, not_positive, rejected_value
from regression_model.schema.values import FIRST_MOMENT, LAST_MOMENT, find_missing_numbers, to_plain

Errors = dict[int, FieldError]
"""Why rows are refused, by position."""

_GREATER_UNITS = frozenset(("Y", "M", "W", "D", "h", "m", "s", "ms"))
NUMBERS_OR_NONE = frozenset((int, float, type(None)))
_BOOLEANS = frozenset((bool, type(None)))
_TEXTS = frozenset((str, type(None)))
_FIRST_DATE, _LAST_DATE = np.datetime64(FIRST_MOMENT, "us"), np.datetime64(LAST_MOMENT, "us")


class ColumnParser:
    """Reads one feature.

    Parameters
    ----------
    feature : Feature
    missing_values : sequence of str
        Texts that mean "unknown", besides the usual ones.
    """

    def __init__(self, feature: Feature, missing_values: Sequence[str]) -> None:
        self._feature = feature
        self._missing_values = frozenset(missing_values)
        is_number = feature.dtype in ("number", "integer")
        self._missing_numbers = find_missing_numbers(missing_values) if is_number else []
        self._parse = PARSERS[feature.dtype]
        read: dict[str, Callable[[Any], Column | None]] = {
            "number": self._read_numbers,
            "integer": self._read_integers,
            "boolean": _read_booleans,
            "category": self._read_texts,
            "datetime": _read_dates,
        }
        self._read = read[feature.dtype]

    def parse(self, values: Any, unseen: UnseenCategories | None = None) -> tuple[Column, Errors]:  # noqa: ANN401
        """Read a column.

        Parameters
        ----------
        values : list, tuple, ndarray or Texts of length n_rows
            Values as they were sent; of an array of floats NaN is missing.
        unseen : UnseenCategories, optional
            For one of many columns.

        Returns
        -------
        column : ndarray or Texts of length n_rows
            As `regression_model.compiled.columns` says for the type of the feature; missing where there is an error.
        errors : dict of int to FieldError
            By position.
        """
        errors: Errors = {}
        column = self._read(values)
        if column is None:
            column = self._read_each(values, errors)
        if self._missing_numbers and isinstance(column, np.ndarray):
            column = np.where(np.isin(column, self._missing_numbers), np.nan, column)
        self._check_rules(column, errors, unseen or UnseenCategories())
        return column, errors

    def _read_numbers(self, values: Any) -> Floats | None:  # noqa: ANN401 - see `parse`
        """Read numbers, None and NaN; anything else, and what is infinite, is left to be looked at one by one."""
        if isinstance(values, np.ndarray):
            if values.dtype.kind not in "iuf":
                return None
        elif isinstance(values, Texts) or not NUMBERS_OR_NONE.issuperset(map(type, values)):
            return None
        try:
            numbers: Floats = np.array(values, dtype=np.float64)
        except OverflowError:
            return None
        return None if np.isinf(numbers).any() else numbers

    def _read_integers(self, values: Any) -> Floats | None:  # noqa: ANN401 - see `parse`
        numbers = self._read_numbers(values)
        if numbers is None or not ((numbers == np.floor(numbers)) | np.isnan(numbers)).all():
            return None
        return numbers

    def _read_texts(self, values: Any) -> Texts | None:  # noqa: ANN401 - see `parse`
        if isinstance(values, Texts):
            return self._without_missing(values)
        if isinstance(values, np.ndarray):
            values = values.tolist()
        try:
            codes: dict[Any, int] = dict.fromkeys(values, -1)
        except TypeError:  # what can't be hashed is no text
            return None
        if not _TEXTS.issuperset(map(type, codes)):
            return None  # also because 1, 1.0 and True would be one key
        known = [text for text in codes if text and text not in self._missing_values]
        if not _are_whole(known):
            return None
        codes.update(zip(known, range(len(known)), strict=True))
        return Texts(np.fromiter(map(codes.__getitem__, values), np.int32, len(values)), known)

    def _without_missing(self, column: Texts) -> Texts:
        """Make those texts missing that mean it."""
        if not any(not text or text in self._missing_values for text in column.values):
            return column
        codes = [-1 if not text or text in self._missing_values else code for code, text in enumerate(column.values)]
        return Texts(np.array([*codes, -1], dtype=np.int32)[column.codes], column.values)

    def _read_each(self, values: Any, errors: Errors) -> Column:  # noqa: ANN401 - see `parse`
        """Read values one by one; of equal ones only one."""
        if isinstance(values, Texts):
            return self._read_coded(values.codes, values.values, errors)
        if isinstance(values, np.ndarray) and values.dtype.kind in "iufb":
            different, codes = np.unique(values, return_inverse=True)
            return self._read_coded(codes, different.tolist(), errors)
        seen: dict[type, dict[Any, Any]] = {str: {}, int: {}, float: {}}
        parsed = []
        for row, value in enumerate(_as_list(values)):
            known = seen.get(type(value))
            result = None if known is None else known.get(value)
            if result is None:
                result = self._parse_one(value)
                if known is not None:
                    known[value] = result
            parsed.append(result[0])
            if result[1] is not None:
                errors[row] = result[1]
        return self._as_column(parsed)

    def _read_coded(self, codes: NDArray[Any], values: Sequence[Any], errors: Errors) -> Column:
        """Read the different values of a column; code -1 is that of a missing one."""
        results = [self._parse_one(value) for value in [*values, None]]
        refused = np.array([error is not None for _, error in results])
        for row in np.flatnonzero(refused[codes]).tolist():
            errors[row] = results[codes[row]][1]
        column = self._as_column([value for value, _ in results])
        return column[codes] if isinstance(column, np.ndarray) else column.take(codes)

    def _parse_one(self, value: Any) -> tuple[Any, FieldError | None]:  # noqa: ANN401 - anything may be sent
        value = to_plain(value)
        if isinstance(value, str) and value in self._missing_values:
            return None, None
        try:
            return self._parse(value), None
        except RejectedValue as problem:
            return None, rejected_value(self._feature, problem)

    def _as_column(self, parsed: list[Any]) -> Column:
        if self._feature.dtype == "category":
            texts = [text for text in dict.fromkeys(parsed) if text is not None]
            codes: dict[str | None, int] = {None: -1}
            codes.update(zip(texts, range(len(texts)), strict=True))
            return Texts(np.fromiter(map(codes.__getitem__, parsed), np.int32, len(parsed)), texts)
        if self._feature.dtype == "datetime":
            return np.array(parsed, dtype="datetime64[us]")
        return np.array(parsed, dtype=np.float64)  # None becomes NaN

    def _check_rules(self, column: Column, errors: Errors, categories: UnseenCategories) -> None:
        feature = self._feature
        if not feature.nullable:
            _refuse(find_missing(column), missing_value(feature), errors)
        if feature.exclusive_minimum is not None:
            _refuse(np.asarray(column) <= feature.exclusive_minimum, not_positive(feature), errors)
        if feature.on_unseen == "reject" and feature.categories is not None:
            assert isinstance(column, Texts)
            unseen = np.array([text not in feature.categories for text in column.values] + [False])
            found: dict[int, FieldError] = {}
            for row in np.flatnonzero(unseen[column.codes]).tolist():
                code = int(column.codes[row])
                if code not in found:
                    found[code] = categories.refuse(feature, column.values[code])
                errors.setdefault(row, found[code])


def _are_whole(texts: Sequence[str]) -> bool:
    """Say whether all texts can be written; half of a pair of surrogates, which JSON can hold, is no text."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse(rows: Flags, error: FieldError, errors: Errors) -> None:
    """Note an error for some rows, unless they have one."""
    for row in np.flatnonzero(rows).tolist():
        errors.setdefault(row, error)


def _read_booleans(values: Any) -> Floats | None:  # noqa: ANN401 - see `ColumnParser.parse`
    if isinstance(values, np.ndarray):
        if values.dtype.kind != "b":
            return None
    elif isinstance(values, Texts) or not _BOOLEANS.issuperset(map(type, values)):
        return None
    return np.array(values, dtype=np.float64)


def _read_dates(values: Any) -> NDArray[np.datetime64] | None:  # noqa: ANN401 - see `ColumnParser.parse`
    if not isinstance(values, np.ndarray) or values.dtype.kind != "M":
        return None
    dates = values.astype("datetime64[us]")
    inside = ((dates >= _FIRST_DATE) & (dates <= _LAST_DATE)) | np.isnat(dates)
    # NumPy counts on from the beginning where a date can't be said in microseconds.
    if np.datetime_data(values.dtype)[0] in _GREATER_UNITS:
        inside &= (dates.astype(values.dtype) == values) | np.isnat(values)
    return dates if inside.all() else None


def _as_list(values: Any) -> Iterable[Any]:  # noqa: ANN401 - see `ColumnParser.parse`
    # In nanoseconds a list of an array of dates would hold whole numbers.
    is_dates = isinstance(values, np.ndarray) and values.dtype.kind == "M"
    cells: Iterable[Any] = values if is_dates or not isinstance(values, np.ndarray) else values.tolist()
    return cells
