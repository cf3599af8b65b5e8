"""How one value becomes what the model reads: the only place where types are decided.

==============  =====================================================================================
type            accepted
==============  =====================================================================================
number          a finite number, or text that is one (``"12.5"``, ``"1e3"``); no boolean
integer         the same, if it is whole (``3``, ``3.0``, ``"3"``)
boolean         true, false, 0, 1, and the texts true/false, yes/no, y/n, t/f, 1/0 in any case
category        text as it is (``"001"`` stays ``"001"``); a whole number becomes its digits (``20`` and ``20.0``
                become ``"20"``), another number its shortest form, a boolean ``"True"`` or ``"False"``
datetime        ISO 8601 text, or a date object; an offset is turned into UTC, without one UTC is meant
==============  =====================================================================================

Missing are None, NaN, NaT, NA and the empty text everywhere; in all but categories also the usual markers
(``NA``, ``N/A``, ``NaN``, ``null``, ``None``, in any case), because they can't be a value there. In a category they
are text like any other. What the configuration lists under ``data.missing_values`` is missing everywhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

_MARKERS = frozenset({"", "na", "n/a", "nan", "null", "none"})
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_BOOLEANS = {
    "true": 1.0,
    "yes": 1.0,
    "y": 1.0,
    "t": 1.0,
    "1": 1.0,
    "false": 0.0,
    "no": 0.0,
    "n": 0.0,
    "f": 0.0,
    "0": 0.0,
}
_FIRST, _LAST = pd.Timestamp.min.ceil("us").to_pydatetime(), pd.Timestamp.max.floor("us").to_pydatetime()

Parser = Callable[[Any], Any]


class RejectedValue(Exception):
    """A value can't be what its feature is.

    Parameters
    ----------
    reason : str
        Code for programs, such as ``not_a_number``.
    expected : str
        What would have been accepted, for people.
    """

    def __init__(self, reason: str, expected: str) -> None:
        self.reason = reason
        self.expected = expected
        super().__init__(reason)


def is_missing(value: Any) -> bool:  # noqa: ANN401 - anything may be sent
    """Say whether a value is None, NaN, NaT or NA."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def parse_number(value: Any) -> float:  # noqa: ANN401 - anything may be sent
    """Turn a value into a finite float, or NaN if it is missing.

    Raises
    ------
    RejectedValue
        ``wrong_type``, ``not_a_number`` or ``not_finite``.

    Examples
    --------
    >>> parse_number("12.5"), parse_number(3), parse_number("NA")
    (12.5, 3.0, nan)
    >>> parse_number(True)
    Traceback (most recent call last):
    ...
    regression_model.processing.values.RejectedValue: wrong_type
    """
    if is_missing(value):
        return math.nan
    if isinstance(value, str):
        return _number_from_text(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise RejectedValue("wrong_type", "a number")
    try:
        number = float(value)
    except (OverflowError, ValueError):
        number = math.inf
    if math.isnan(number):
        return number
    return _check_finite(number)


def _number_from_text(text: str) -> float:
    if text.lower() in _MARKERS:
        return math.nan
    if _NUMBER.fullmatch(text) is None:
        infinite = text.lower().lstrip("+-") in ("inf", "infinity")
        raise RejectedValue(*(("not_finite", "a finite number") if infinite else ("not_a_number", "a number")))
    return _check_finite(float(text))


def _check_finite(number: float) -> float:
    if math.isinf(number):
        raise RejectedValue("not_finite", "a finite number")
    return number


def parse_integer(value: Any) -> float:  # noqa: ANN401 - anything may be sent
    """Turn a value into a whole float, or NaN if it is missing; see `parse_number`.

    Raises
    ------
    RejectedValue
        Also ``not_whole``.
    """
    number = parse_number(value)
    if not math.isnan(number) and not number.is_integer():
        raise RejectedValue("not_whole", "a whole number")
    return number


def parse_boolean(value: Any) -> float:  # noqa: ANN401 - anything may be sent
    """Turn a value into 1.0, 0.0, or NaN if it is missing.

    Raises
    ------
    RejectedValue
        ``wrong_type``.
    """
    if is_missing(value):
        return math.nan
    if isinstance(value, str):
        text = value.strip().lower()
        if text in _MARKERS:
            return math.nan
        if text in _BOOLEANS:
            return _BOOLEANS[text]
    elif isinstance(value, bool | int | float | Decimal) and value in (0, 1):
        return float(value)
    raise RejectedValue("wrong_type", "true or false")


def parse_datetime(value: Any) -> datetime | None:  # noqa: ANN401 - anything may be sent
    """Turn a value into a datetime without zone, in UTC, or None if it is missing.

    Raises
    ------
    RejectedValue
        ``bad_date`` or ``wrong_type``.
    """
    if is_missing(value):
        return None
    expected = "a date or time as ISO 8601 text, such as 2024-05-31 or 2024-05-31T12:00:00Z, from 1678 to 2261"
    if isinstance(value, str):
        text = value.strip()
        if text.lower() in _MARKERS:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise RejectedValue("bad_date", expected) from None
    elif isinstance(value, datetime):
        moment = value.to_pydatetime(warn=False) if isinstance(value, pd.Timestamp) else value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - dates have no zone
    else:
        raise RejectedValue("wrong_type", expected)
    try:
        moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except OverflowError:
        raise RejectedValue("bad_date", expected) from None
    if not _FIRST <= moment <= _LAST:
        raise RejectedValue("bad_date", expected)
    return moment


def parse_category(value: Any) -> str | None:  # noqa: ANN401 - anything may be sent
    """Turn a value into text, or None if it is missing.

    Raises
    ------
    RejectedValue
        ``wrong_type``.

    Examples
    --------
    >>> parse_category("001"), parse_category(20.0), parse_category("NA"), parse_category("")
    ('001', '20', 'NA', None)
    """
    if is_missing(value):
        return None
    if isinstance(value, str):
        return value or None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, float) and math.isinf(value):
        raise RejectedValue("not_finite", "text")
    if isinstance(value, bool | int | float | Decimal):
        return _text_of_number(value)
    raise RejectedValue("wrong_type", "text")


def _text_of_number(value: bool | float | Decimal) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to write out integers of more than 4,300 digits
        raise RejectedValue("wrong_type", "text") from None


PARSERS: dict[str, Parser] = {
    "number": parse_number,
    "integer": parse_integer,
    "boolean": parse_boolean,
    "category": parse_category,
    "datetime": parse_datetime,
}
"""By the feature's type."""


def parse_column(values: pd.Series, dtype: str) -> tuple[np.ndarray[Any, Any], dict[int, RejectedValue]]:
    """Turn a column into what the model reads.

    Parameters
    ----------
    values : Series of length n_rows
        As it was read or sent.
    dtype : str
        Type of the feature.

    Returns
    -------
    parsed : ndarray of shape (n_rows,)
        float64 for numbers, integers and booleans, object for categories, datetime64[us] for datetimes;
        missing where the value was missing or rejected.
    rejected : dict of int to RejectedValue
        By position.
    """
    parse = PARSERS[dtype]
    if dtype in ("number", "integer") and isinstance(values.dtype, np.dtype) and values.dtype.kind in "iuf":
        numbers = values.to_numpy(dtype=np.float64)
        if np.isfinite(numbers).all() and (dtype == "number" or (numbers == np.floor(numbers)).all()):
            return numbers, {}
    cells = [_plain(value) if isinstance(value, np.generic) else value for value in values.tolist()]
    if len(cells) > 1 and all(type(value) is str for value in cells):
        # Text repeats itself: each distinct text is parsed once.
        codes, texts = pd.factorize(np.array(cells, dtype=object))
        distinct, bad = _parse_each(list(texts), parse)
        parsed = _as_array(distinct, dtype)[codes]
        return parsed, {row: bad[code] for row, code in enumerate(codes.tolist()) if code in bad} if bad else {}
    each, rejected = _parse_each(cells, parse)
    return _as_array(each, dtype), rejected


def parse_feature(
    values: pd.Series, dtype: str, missing_values: Collection[str]
) -> tuple[np.ndarray[Any, Any], dict[int, RejectedValue]]:
    """Turn a column into what the model reads, with texts of its own that mean "unknown"; see `parse_column`.

    Parameters
    ----------
    values : Series of length n_rows
    dtype : str
    missing_values : collection of str
        Texts that count as missing; in numbers also every other way of writing the same number.
    """
    if not missing_values:
        return parse_column(values, dtype)
    if not isinstance(values.dtype, np.dtype) or values.dtype.kind not in "iuf":
        values = values.astype(object).mask(values.isin(list(missing_values)), None)
    parsed, rejected = parse_column(values, dtype)
    if dtype in ("number", "integer"):
        numbers = [float(text) for text in missing_values if _NUMBER.fullmatch(text.strip())]
        parsed = np.where(np.isin(parsed, numbers), math.nan, parsed)
    return parsed, rejected


def build_frame(columns: Mapping[str, np.ndarray[Any, Any]]) -> pd.DataFrame:
    """Put parsed columns side by side, each with the type that it has.

    Parameters
    ----------
    columns : mapping of str to ndarray of shape (n_rows,)

    Returns
    -------
    DataFrame of shape (n_rows, n_columns)
        pandas would read columns of text as its own text type; the steps take objects.
    """
    return pd.DataFrame({name: pd.Series(values, dtype=values.dtype) for name, values in columns.items()})


def _plain(value: np.generic) -> Any:  # noqa: ANN401 - the Python type that it stands for
    # In nanoseconds NumPy would give a whole number.
    return pd.Timestamp(value) if isinstance(value, np.datetime64) else value.item()


def _parse_each(values: list[Any], parse: Parser) -> tuple[list[Any], dict[int, RejectedValue]]:
    parsed: list[Any] = []
    rejected: dict[int, RejectedValue] = {}
    for position, value in enumerate(values):
        try:
            parsed.append(parse(value))
        except RejectedValue as problem:
            parsed.append(None)
            rejected[position] = problem
    return parsed, rejected


def _as_array(parsed: list[Any], dtype: str) -> np.ndarray[Any, Any]:
    if dtype == "category":
        column = np.empty(len(parsed), dtype=object)
        column[:] = parsed
        return column
    if dtype == "datetime":
        return np.array(parsed, dtype="datetime64[us]")
    return np.array([math.nan if value is None else value for value in parsed], dtype=np.float64)
