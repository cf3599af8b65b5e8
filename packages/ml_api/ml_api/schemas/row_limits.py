"""How many columns a row may have, how long its texts may be, and how many measurements all rows may have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ml_api.errors import TextTooLongError, TooManyColumnsError, TooManyMeasurementsError

_SHOWN = 80  # characters of a column's name in a message


@dataclass(frozen=True)
class RowLimits:
    """What the rows of a request may hold.

    Attributes
    ----------
    max_columns : int
    max_text_length : int
        In characters, for texts and for the names of columns.
    max_measurements : int
        Entries of all lists, in all rows together. A text counts as the list that it may be.
    """

    max_columns: int
    max_text_length: int
    max_measurements: int

    def check(self, rows: Iterable[Any]) -> None:
        """Check rows as they came; what is no object is left to the model's schema, which refuses it.

        Raises
        ------
        TooManyColumnsError
            If a row has too many columns.
        TextTooLongError
            If a text is too long. The message names its column, never the text.
        TooManyMeasurementsError
            If all lists together are too long.
        """
        n_measurements = 0
        for number, row in enumerate(rows):
            if isinstance(row, dict):
                self._check_row(row, number)
                n_measurements += sum(map(_count_measurements, row.values()))
        if n_measurements > self.max_measurements:
            raise TooManyMeasurementsError(
                f"The rows hold {n_measurements} measurements; at most {self.max_measurements} are allowed. Send fewer "
                "rows in one request, or a stream of lines.",
                details={"measurements": n_measurements, "max_measurements": self.max_measurements},
            )

    def surely_hold(self, rows: Sequence[Any], body: bytes) -> bool:
        """Say whether the JSON that rows were read from shows that they keep the limits, without looking at each text.

        A text that is too long has more bytes than allowed characters, and none of them is a quote.
        """
        if len(body) > self.max_measurements and _may_hold_lists(body) and body.count(b",") >= self.max_measurements:
            return False
        if b"\\" in body or max((len(row) for row in rows if isinstance(row, dict)), default=0) > self.max_columns:
            return False
        place, n_bytes = 0, len(body)
        while n_bytes - place > self.max_text_length:
            place = body.rfind(b'"', place + 1, place + self.max_text_length + 1)
            if place < 0:
                return False
        return True

    def _check_row(self, row: dict[str, Any], number: int) -> None:
        if len(row) > self.max_columns:
            raise TooManyColumnsError(
                f"Row {number} has {len(row)} columns; at most {self.max_columns} are allowed.",
                details={"row": number, "columns": len(row), "max_columns": self.max_columns},
            )
        for name, value in row.items():
            if len(name) > self.max_text_length or (isinstance(value, str) and len(value) > self.max_text_length):
                field = name[:_SHOWN]
                raise TextTooLongError(
                    f"Row {number} has a text of more than {self.max_text_length} characters, at the column {field!r}.",
                    details={"row": number, "field": field, "max_text_length": self.max_text_length},
                )


def _may_hold_lists(body: bytes) -> bool:
    """Say whether there is a list besides that of the rows."""
    return body.count(b"[") > body.lstrip().startswith(b"[")


def _count_measurements(value: object) -> int:
    if isinstance(value, list):
        return len(value)
    return value.count(",") + 1 if isinstance(value, str) and value.lstrip().startswith("[") else 0
