"""Turns columns into what the model reads, each cell as `regression_model.schema.values` says."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from regression_model.schema.parsers import PARSERS
from regression_model.schema.series import MAX_SERIES_LENGTH, parse_series
from regression_model.schema.values import Parser, RejectedValue, find_missing_numbers, to_plain


def parse_column(
    values: pd.Series, dtype: str, parse: Parser | None = None
) -> tuple[np.ndarray[Any, Any], dict[int, RejectedValue]]:
    """Turn a column into what the model reads.

    Parameters
    ----------
    values : Series of length n_rows
        As it was read or sent.
    dtype : str
        Type of the feature.
    parse : callable, optional
        Of one value; by default the type's own parser.

    Returns
    -------
    parsed : ndarray of shape (n_rows,)
        float64 for numbers, integers and booleans, object for categories (text) and series (tuples of float),
        datetime64[us] for datetimes; missing where the value was missing or rejected.
    rejected : dict of int to RejectedValue
        By position.
    """
    parse = PARSERS[dtype] if parse is None else parse
    if dtype in ("number", "integer") and isinstance(values.dtype, np.dtype) and values.dtype.kind in "iuf":
        numbers = values.to_numpy(dtype=np.float64)
        if np.isfinite(numbers).all() and (dtype == "number" or (numbers == np.floor(numbers)).all()):
            return numbers, {}
    cells = [to_plain(value) if isinstance(value, np.generic) else value for value in values.tolist()]
    if len(cells) > 1 and all(type(value) is str for value in cells):
        # Text repeats itself: each distinct text is parsed once.
        codes, texts = pd.factorize(np.array(cells, dtype=object))
        distinct, bad = _parse_each(list(texts), parse)
        parsed = _as_array(distinct, dtype)[codes]
        return parsed, {row: bad[code] for row, code in enumerate(codes.tolist()) if code in bad} if bad else {}
    each, rejected = _parse_each(cells, parse)
    return _as_array(each, dtype), rejected


def parse_feature(
    values: pd.Series, dtype: str, missing_values: Collection[str], *, max_length: int = MAX_SERIES_LENGTH
) -> tuple[np.ndarray[Any, Any], dict[int, RejectedValue]]:
    """Turn a column into what the model reads, with texts of its own that mean "unknown"; see `parse_column`.

    Parameters
    ----------
    values : Series of length n_rows
    dtype : str
    missing_values : collection of str
        Texts that count as missing; in numbers, and in series, also every other way of writing the same number.
    max_length : int, default 10,000
        Most measurements of a series.
    """
    if dtype == "series":
        return parse_column(values, dtype, partial(parse_series, max_length=max_length, missing_values=missing_values))
    if not missing_values:
        return parse_column(values, dtype)
    if not isinstance(values.dtype, np.dtype) or values.dtype.kind not in "iuf":
        values = values.astype(object).mask(values.isin(list(missing_values)), None)
    parsed, rejected = parse_column(values, dtype)
    if dtype in ("number", "integer"):
        parsed = np.where(np.isin(parsed, find_missing_numbers(missing_values)), math.nan, parsed)
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
    if dtype in ("category", "series"):
        column = np.empty(len(parsed), dtype=object)
        if dtype == "category":
            column[:] = parsed
        for row, value in enumerate(parsed if dtype == "series" else ()):  # NumPy would spread out what is equally long
            column[row] = value
        return column
    if dtype == "datetime":
        return np.array(parsed, dtype="datetime64[us]")
    return np.array([math.nan if value is None else value for value in parsed], dtype=np.float64)
