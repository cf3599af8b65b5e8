"""How one series of measurements becomes what the model reads."""

from __future__ import annotations

import json
import math
import sys
from typing import Any

from regression_model.schema.values import MISSING_MARKERS, RejectedValue, is_missing, parse_number

MAX_SERIES_LENGTH = 10_000
"""Measurements of one series: what computes their features takes time that grows faster than their number."""

_EXPECTED = f"a list of at most {MAX_SERIES_LENGTH:,} numbers in the order of time, null where one is missing"


def parse_series(value: Any) -> tuple[float, ...] | None:  # noqa: ANN401 - anything may be sent
    """Turn a value into the measurements of a series.

    Parameters
    ----------
    value : object
        A list, a tuple or a one-dimensional array of numbers, each as `parse_number` reads it; or text that is such a
        list in JSON, for formats without lists.

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
    >>> parse_series(0.5)
    Traceback (most recent call last):
    ...
    regression_model.schema.values.RejectedValue: not_a_series
    """
    values = _as_list(value)
    if values is None:
        return None
    if len(values) > MAX_SERIES_LENGTH:
        raise RejectedValue("too_long", _EXPECTED)
    if all(type(item) is float for item in values) and all(map(math.isfinite, values)):
        return tuple(values) or None
    numbers = tuple(_parse_measurement(item) for item in values)
    return None if all(map(math.isnan, numbers)) else numbers


def _as_list(value: Any) -> list[Any] | tuple[Any, ...] | None:  # noqa: ANN401 - anything may be sent
    if isinstance(value, list | tuple):
        return value
    if is_missing(value):
        return None
    if isinstance(value, str):
        return _list_from_text(value.strip())
    # Whoever sends an array has imported NumPy; this module never does.
    array: Any = getattr(sys.modules.get("numpy"), "ndarray", ())
    if isinstance(value, array) and value.ndim == 1:
        listed: list[Any] = value.tolist()
        return listed
    raise RejectedValue("not_a_series", _EXPECTED)


def _list_from_text(text: str) -> list[Any] | None:
    if text.lower() in MISSING_MARKERS:
        return None
    try:
        read = json.loads(text) if text.startswith("[") else None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, list):
        raise RejectedValue("not_a_series", _EXPECTED)
    return read


def _parse_measurement(value: Any) -> float:  # noqa: ANN401 - anything may be sent
    try:
        return parse_number(value)
    except RejectedValue as problem:
        raise RejectedValue(problem.reason, _EXPECTED) from None
