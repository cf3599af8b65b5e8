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
series          a list of numbers in the order of time, null where one is missing; see `regression_model.schema.series`
==============  =====================================================================================

Missing are None, NaN, NaT, NA and the empty text everywhere; in all but categories also the usual markers
(``NA``, ``N/A``, ``NaN``, ``null``, ``None``, in any case), because they can't be a value there. In a category they
are text like any other. What the configuration lists under ``data.missing_values`` is missing everywhere.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

MISSING_MARKERS = frozenset({"", "na", "n/a", "nan", "null", "none"})
"""Texts that mean "unknown" in any case of letters, where they can't be a value."""

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
# What 64 bits of nanoseconds around 1970 can say, which is what tables hold dates in.
FIRST_MOMENT, LAST_MOMENT = datetime(1677, 9, 21, 0, 12, 43, 145225), datetime(2262, 4, 11, 23, 47, 16, 854775)  # noqa: DTZ001 - in UTC
_NEVER = datetime(9999, 12, 31)  # noqa: DTZ001 - stands for a moment that can't be said; it is refused

_SECONDS = {
    "Y": 31_536_000,
    "M": 2_592_000,
    "W": 604_800,
    "D": 86_400,
    "h": 3_600,
    "m": 60,
    "s": 1,
    "ms": 1e-3,
    "us": 1e-6,
}
"""About what the units of NumPy's dates last; the smaller ones don't reach far."""
_FAR = 31_536_000_000
"""About a thousand years, in seconds."""

_PLAIN = frozenset({str, float, int, bool, type(None)})

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
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    if isinstance(value, str | int):
        return False
    # Whoever sends one of pandas' own signs has imported pandas; this module never does.
    pandas = sys.modules.get("pandas")
    return pandas is not None and (value is getattr(pandas, "NA", None) or value is getattr(pandas, "NaT", None))


def to_plain(value: Any) -> Any:  # noqa: ANN401 - anything may be sent
    """Return the Python value that a NumPy scalar stands for, and any other value as it is."""
    if type(value) in _PLAIN:
        return value
    # Whoever sends one has imported NumPy; this module never does.
    scalar: Any = getattr(sys.modules.get("numpy"), "generic", ())
    if not isinstance(value, scalar):
        return value
    if value.dtype.kind != "M":
        return value.item()
    return None if value != value else _plain_moment(value)  # noqa: PLR0124 - NaT alone differs from itself


def _plain_moment(value: Any) -> datetime:  # noqa: ANN401 - a NumPy datetime64
    unit, count = sys.modules["numpy"].datetime_data(value.dtype)
    # NumPy counts on from the beginning, without a word, where a moment can't be said in the smaller unit.
    if abs(int(value.astype("int64"))) * count * _SECONDS.get(unit, 0) > _FAR or unit == "generic":
        return _NEVER
    # In nanoseconds NumPy would give a whole number; of a year that Python can't say it always does.
    moment = value.astype("datetime64[us]").item()
    return moment if isinstance(moment, datetime) else _NEVER


def find_missing_numbers(missing_values: Collection[str]) -> list[float]:
    """Return the numbers among texts that mean "unknown": every other way of writing them means it too."""
    return [float(text) for text in missing_values if _NUMBER.fullmatch(text.strip())]


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
    regression_model.schema.values.RejectedValue: wrong_type
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
    if text.lower() in MISSING_MARKERS:
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
        if text in MISSING_MARKERS:
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
        if text.lower() in MISSING_MARKERS:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise RejectedValue("bad_date", expected) from None
    elif isinstance(value, datetime):
        # A pandas Timestamp counts nanoseconds, which are cut off.
        moment = value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - dates have no zone
    else:
        raise RejectedValue("wrong_type", expected)
    try:
        moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except OverflowError:
        raise RejectedValue("bad_date", expected) from None
    if not FIRST_MOMENT <= moment <= LAST_MOMENT:
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
        return _check_text(value) or None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, float) and math.isinf(value):
        raise RejectedValue("not_finite", "text")
    if isinstance(value, bool | int | float | Decimal):
        return _text_of_number(value)
    raise RejectedValue("wrong_type", "text")


def _check_text(text: str) -> str:
    """Refuse half of a surrogate pair: no such text can be written anywhere, and some steps fail on it."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise RejectedValue("wrong_type", "text") from None
    return text


def _text_of_number(value: bool | float | Decimal) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to write out integers of more than 4,300 digits
        raise RejectedValue("wrong_type", "text") from None
