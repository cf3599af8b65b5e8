"""What is done to rows on their way into a snapshot: later ones left out, columns dropped or pseudonymised."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from regression_model.errors import DataError
from regression_model.schema.values import RejectedValue, parse_category, parse_datetime
from regression_model.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Sequence

_MIN_KEY_BYTES = 16
PSEUDONYMS = "HMAC-SHA-256"


@dataclass(frozen=True)
class AsOf:
    """Rows as they were at a moment, as far as one column tells.

    Rows whose column is later, or missing, are left out. Rows that were changed or deleted since
    can't be brought back.

    Attributes
    ----------
    column : str
        When a row came about: times, dates (which count from their first moment), or ISO 8601 text.
    moment : datetime
        The last one to keep; without zone, in UTC.
    """

    column: str
    moment: datetime

    @classmethod
    def parse(cls, text: str) -> AsOf:
        """Read ``COLUMN=TIMESTAMP``.

        Raises
        ------
        DataError
            There is no column, or the timestamp is not ISO 8601.

        Examples
        --------
        >>> AsOf.parse("sold=2026-01-31T12:00:00+02:00").moment.isoformat()
        '2026-01-31T10:00:00'
        """
        column, _, timestamp = text.rpartition("=")
        try:
            moment = parse_datetime(timestamp)
        except RejectedValue:
            moment = None
        if not column or moment is None:
            raise DataError(f"expected COLUMN=TIMESTAMP, such as sold=2026-01-31T12:00:00Z, found {text!r}")
        return cls(column, moment)


@dataclass(frozen=True)
class Treatment:
    """What to do with rows and columns; by default nothing.

    Attributes
    ----------
    as_of : AsOf, optional
    drop : tuple of str
        Columns that do not get into the snapshot.
    pseudonymise : tuple of str
        Columns whose values are replaced by their HMAC-SHA-256 in hexadecimal. The same value gets the same
        pseudonym, in every column and snapshot of the same key; 5, 5.0 and "5" are the same. Missing stays missing.
    key : bytes, optional
        Of the pseudonyms, at least 16 bytes; it is not stored anywhere.
    """

    as_of: AsOf | None = None
    drop: tuple[str, ...] = ()
    pseudonymise: tuple[str, ...] = ()
    key: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        """Refuse what contradicts itself, and a key that can be guessed."""
        both = sorted({*self.drop} & {*self.pseudonymise})
        if both:
            raise DataError(f"column {both[0]!r} is to be dropped and to be pseudonymised; do one of them")
        if self.pseudonymise and len(self.key) < _MIN_KEY_BYTES:
            raise DataError(
                f"the key of pseudonyms has {len(self.key)} bytes, expected at least {_MIN_KEY_BYTES}: whoever guesses "
                "it can undo them. Make one with: python -c 'import secrets; print(secrets.token_hex(32))'"
            )

    def check_columns(self, names: Sequence[str]) -> None:
        """Refuse columns that the table does not have, and a treatment that leaves none.

        Parameters
        ----------
        names : sequence of str
            Columns of the table.

        Raises
        ------
        DataError
        """
        moment = [] if self.as_of is None else [self.as_of.column]
        for name in (*self.drop, *self.pseudonymise, *moment):
            if name not in names:
                raise DataError(
                    f"the table has no column {name!r}{suggest(name, list(names))}; it has: {', '.join(names[:40])}"
                )
        if {*names} <= {*self.drop}:
            raise DataError("all columns are to be dropped; nothing would be left")

    def skipped(self) -> set[str]:
        """Return the columns that need not even be read."""
        return {*self.drop} - ({self.as_of.column} if self.as_of else set())

    def apply(self, table: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Treat a table.

        Parameters
        ----------
        table : pyarrow.Table
            Without the columns that were skipped.

        Returns
        -------
        pyarrow.Table

        Raises
        ------
        DataError
            The column of `as_of` holds something else than times, or a value can have no pseudonym.
        """
        if self.as_of is not None:
            table = table.filter(_not_after(table[self.as_of.column], self.as_of))
        table = table.drop_columns([name for name in self.drop if name in table.column_names])
        for name in self.pseudonymise:
            place = table.column_names.index(name)
            table = table.set_column(place, name, _pseudonymise(table.column(place), self.key))
        return table


def _not_after(column: Any, as_of: AsOf) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Tell for each row whether it is from the moment or before."""
    import pyarrow as pa

    encoded = column.combine_chunks().dictionary_encode()
    kept = []
    for value in encoded.dictionary.to_pylist():
        try:
            moment = _moment_of(value)
        except RejectedValue as problem:
            raise DataError(
                f"column {as_of.column!r} can't tell the age of rows: each value has to be {problem.expected}; "
                f"found {str(value)[:40]!r}"
            ) from None
        kept.append(moment is not None and moment <= as_of.moment)
    return pa.array(kept, pa.bool_()).take(encoded.indices).fill_null(False)


def _moment_of(value: Any) -> datetime | None:  # noqa: ANN401 - a value of any column
    """Return the moment of a value, without zone in UTC; also of those that no model reads (9999-12-31)."""
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = datetime.fromisoformat(value.strip())
    if isinstance(value, datetime) and value.tzinfo is not None:
        with contextlib.suppress(OverflowError):  # within a day of the calendar's end it does not matter
            value = value.astimezone(UTC)
        value = value.replace(tzinfo=None)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - in UTC, as all here
    return parse_datetime(value)


def _pseudonymise(column: Any, key: bytes) -> Any:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa

    encoded = column.combine_chunks().dictionary_encode()
    texts = [_text_of(value) for value in encoded.dictionary.to_pylist()]
    pseudonyms = [None if text is None else hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for text in texts]
    return pa.array(pseudonyms, pa.large_string()).take(encoded.indices)


def _text_of(value: Any) -> str | None:  # noqa: ANN401 - a value of any column
    """Write a value as one text, whatever type a file or a database gave it."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    try:
        return parse_category(value)
    except RejectedValue:
        raise DataError("an infinite number can have no pseudonym") from None
