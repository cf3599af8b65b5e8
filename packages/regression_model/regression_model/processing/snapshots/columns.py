"""Python values to Arrow columns, whose type depends on the values alone: not on their order, nor on the database.

==========  ==========================================  =================================
kind        Python                                      Arrow
==========  ==========================================  =================================
boolean     bool                                        bool
integer     int                                         int64
number      float (with int: whole ones up to 2^53)     double; NaN is missing
decimal     Decimal of at most 38 digits                decimal128(38, as few as it takes)
text        str, UUID                                   string; so is a column without values
date        date                                        date32
time        datetime without zone                       timestamp[us]
moment      datetime with zone                          timestamp[us, UTC]
==========  ==========================================  =================================
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Any

import pyarrow as pa

from regression_model.errors import DataError

_MAX_DIGITS = 38
_EXACT_TO = 1 << 53
_REMEDY = "turn it into one of these where it comes from (in SQL by CAST), or leave it out with --drop"

_KINDS: dict[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    Decimal: "decimal",
    str: "text",
    uuid.UUID: "text",
    date: "date",
}


class ColumnBuilder:
    """Collects the values of one column, chunk by chunk.

    Parameters
    ----------
    name : str
        For messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._chunks: list[tuple[str | None, Any]] = []
        self._n_values = 0

    def add(self, values: Sequence[object]) -> None:
        """Take the next values; None is a missing one.

        Raises
        ------
        DataError
            A value is of a type that a snapshot can't hold; the message names the column and the row.
        """
        kinds = {self._kind(value, place) for place, value in enumerate(values) if value is not None}
        kind = self._unite(kinds)
        self._chunks.append((kind, self._convert(kind, values)))
        self._n_values += len(values)

    def finish(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Return the whole column, as one pyarrow array.

        Raises
        ------
        DataError
            The column holds values of several types, or numbers that are too long.
        """
        kind = self._unite({kind for kind, _ in self._chunks if kind is not None})
        target = _type_of(kind, [array.type for _, array in self._chunks])
        try:
            arrays = [array.cast(target) for _, array in self._chunks]
        except pa.ArrowInvalid as error:
            raise self._too_long(kind) from error
        return pa.concat_arrays(arrays) if arrays else pa.nulls(0, target)

    def _kind(self, value: object, place: int) -> str:
        kind = _KINDS.get(type(value))
        if kind is None and isinstance(value, datetime):
            kind = "time" if value.utcoffset() is None else "moment"
        if kind is None:
            raise DataError(
                f"column {self._name!r} holds {type(value).__name__} in row {self._n_values + place + 1}; a snapshot "
                f"holds booleans, numbers, decimals, text, dates and times: {_REMEDY}"
            )
        return kind

    def _unite(self, kinds: set[str]) -> str | None:
        if kinds == {"integer", "number"}:
            return "number"
        if len(kinds) > 1:
            raise DataError(
                f"column {self._name!r} holds values of several types, {' and '.join(sorted(kinds))}: {_REMEDY}"
            )
        return next(iter(kinds), None)

    def _convert(self, kind: str | None, values: Sequence[object]) -> Any:  # noqa: ANN401 - pyarrow has no types
        if kind is None:
            return pa.nulls(len(values))
        try:
            return _CONVERTERS[kind](values)
        except (OverflowError, pa.ArrowInvalid) as error:
            raise self._too_long(kind) from error
        except UnicodeEncodeError as error:
            raise DataError(f"column {self._name!r} holds text with half a character (a lone surrogate)") from error

    def _too_long(self, kind: str | None) -> DataError:
        limits = {
            "integer": "whole numbers of more than 64 bits",
            "number": "whole numbers beyond 2^53 together with fractions, which no float can tell apart",
            "decimal": f"decimals that are infinite, or of more than {_MAX_DIGITS} digits in all",
        }
        return DataError(f"column {self._name!r} holds {limits.get(kind or '', 'values out of range')}: {_REMEDY}")


def build_table(names: Sequence[str], chunks: Iterable[Sequence[Sequence[object]]], skip: Iterable[str] = ()) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Build a table from rows that come in chunks.

    Parameters
    ----------
    names : sequence of str
        Of the columns, each of them once.
    chunks : iterable of sequences of rows
        Each row has a value for each column.
    skip : iterable of str, optional
        Columns to leave out, whatever they hold.

    Returns
    -------
    pyarrow.Table

    Raises
    ------
    DataError
        A column can't be held by a snapshot.

    Examples
    --------
    >>> build_table(["a", "b"], [[(1, "x"), (None, "y")], [(0.5, None)]])["a"].to_pylist()
    [1.0, None, 0.5]
    """
    left_out = set(skip)
    builders = {place: ColumnBuilder(name) for place, name in enumerate(names) if name not in left_out}
    for rows in chunks:
        for place, builder in builders.items():
            builder.add([row[place] for row in rows])
    return pa.table({names[place]: builder.finish() for place, builder in builders.items()})


def _type_of(kind: str | None, found: Sequence[Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return the type of a column; all its decimals get the most places that one of them needs."""
    if kind is None:
        return pa.large_string()
    if kind != "decimal":
        return _TYPES[kind]
    return pa.decimal128(_MAX_DIGITS, max(each.scale for each in found if pa.types.is_decimal(each)))


def _plain(kind: str) -> Callable[[Sequence[object]], Any]:
    return lambda values: pa.array(values, type=_TYPES[kind], from_pandas=True)


def _numbers(values: Sequence[Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
    if any(type(value) is int and abs(value) > _EXACT_TO for value in values):
        raise OverflowError
    return pa.array([None if value is None else float(value) for value in values], pa.float64(), from_pandas=True)


def _texts(values: Sequence[Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
    return pa.array([None if value is None else str(value) for value in values], pa.large_string())


def _decimals(values: Sequence[Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Convert decimals; 1.10 is 1.1, and "not a number" is missing, as it is among floats."""
    with localcontext(prec=10_000):
        shortest = [None if value is None or value.is_nan() else value.normalize() for value in values]
    if any(value is not None and not value.is_finite() for value in shortest):
        raise OverflowError
    scale = max((-int(value.as_tuple().exponent) for value in shortest if value is not None), default=0)
    if scale > _MAX_DIGITS:
        raise OverflowError
    return pa.array(shortest, pa.decimal128(_MAX_DIGITS, max(scale, 0)))


_TYPES = {
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "text": pa.large_string(),
    "date": pa.date32(),
    "time": pa.timestamp("us"),
    "moment": pa.timestamp("us", "UTC"),
}
_CONVERTERS: dict[str, Callable[[Sequence[Any]], Any]] = {
    **{kind: _plain(kind) for kind in ("boolean", "integer", "date", "time", "moment")},
    "number": _numbers,
    "decimal": _decimals,
    "text": _texts,
}
