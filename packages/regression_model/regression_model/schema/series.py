"""How one series of measurements becomes what the model reads."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Collection
from typing import Any

from regression_model.schema.values import (
    MISSING_MARKERS,
    RejectedValue,
    find_missing_numbers,
    is_missing,
    parse_number,
)

MAX_SERIES_LENGTH = 10_000
"""Measurements of one series: what computes their features takes time that grows faster than their number."""
_TIMES_LONGER = 4
_SHORT = 100  # measurements that may always be sent


def find_max_length(longest: int | None) -> int:
    """Return how many measurements a series of a request may have.

    A series that is far longer than those that a model has learned from tells it nothing, and may take all the time
    that there is.

    Parameters
    ----------
    longest : int or None
        Measurements of the longest series in training; None if that is not known.

    Returns
    -------
    int
        4 times as many, at least 100 and at most 10,000.

    Examples
    --------
    >>> [find_max_length(longest) for longest in (None, 1, 128, 9_000)]
    [10000, 100, 512, 10000]
    """
    return MAX_SERIES_LENGTH if longest is None else min(MAX_SERIES_LENGTH, max(_SHORT, _TIMES_LONGER * longest))


def parse_series(
    value: Any,  # noqa: ANN401 - anything may be sent
    *,
    max_length: int = MAX_SERIES_LENGTH,
    missing_values: Collection[str] = (),
) -> tuple[float, ...] | None:
    """Turn a value into the measurements of a series.

    Parameters
    ----------
    value : object
        A list, a tuple or a one-dimensional array of numbers, each as `parse_number` reads it; or text that is such a
        list in JSON, for formats without lists.
    max_length : int, default 10,000
        Most measurements.
    missing_values : collection of str
        Texts that mean "unknown", of one measurement or of the series; of a measurement also every other way of
        writing the same number.

    Returns
    -------
    tuple of float, or None
        In the order of time, at least one of them a number, NaN where one is missing. None for a missing series: one
        without any measurement is missing, too. A series of a single measurement is one.

    Raises
    ------
    RejectedValue
        ``not_a_series``, ``too_long``, or what `parse_number` says of a measurement.

    Examples
    --------
    >>> parse_series([0.5, None, "2"]), parse_series("[1, 2.5]"), parse_series([])
    ((0.5, nan, 2.0), (1.0, 2.5), None)
    >>> parse_series([0.5, -999], missing_values=["-999"])
    (0.5, nan)
    >>> parse_series(0.5)
    Traceback (most recent call last):
    ...
    regression_model.schema.values.RejectedValue: not_a_series
    """
    expected = f"a list of at most {max_length:,} numbers in the order of time, null where one is missing"
    values = None if isinstance(value, str) and value in missing_values else _as_list(value, expected)
    if values is None:
        return None
    if len(values) > max_length:
        raise RejectedValue("too_long", expected)
    if not missing_values and all(type(item) is float for item in values) and all(map(math.isfinite, values)):
        return tuple(values) or None
    missing_numbers = find_missing_numbers(missing_values)
    numbers = tuple(_parse_measurement(item, expected, missing_values, missing_numbers) for item in values)
    return None if all(map(math.isnan, numbers)) else numbers


def _as_list(value: Any, expected: str) -> list[Any] | tuple[Any, ...] | None:  # noqa: ANN401 - anything may be sent
    if isinstance(value, list | tuple):
        return value
    if is_missing(value):
        return None
    if isinstance(value, str):
        return _list_from_text(value.strip(), expected)
    # Whoever sends an array has imported NumPy; this module never does.
    array: Any = getattr(sys.modules.get("numpy"), "ndarray", ())
    if isinstance(value, array) and value.ndim == 1:
        listed: list[Any] = value.tolist()
        return listed
    raise RejectedValue("not_a_series", expected)


def _list_from_text(text: str, expected: str) -> list[Any] | None:
    if text.lower() in MISSING_MARKERS:
        return None
    try:
        read = json.loads(text) if text.startswith("[") else None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, list):
        raise RejectedValue("not_a_series", expected)
    return read


def _parse_measurement(
    value: Any,  # noqa: ANN401 - anything may be sent
    expected: str,
    missing_values: Collection[str],
    missing_numbers: Collection[float],
) -> float:
    if isinstance(value, str) and value in missing_values:
        return math.nan
    try:
        number = parse_number(value)
    except RejectedValue as problem:
        raise RejectedValue(problem.reason, expected) from None
    return math.nan if number in missing_numbers else number
