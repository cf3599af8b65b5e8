"""Parts of dates as numbers, as pandas understands them."""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from regression_model.compiled.columns import Column, Flags, Floats
from regression_model.compiled.operations.base import Operation, RowFunction
from regression_model.compiled.operations.fields import Fields

_SATURDAY = 5


def _quarter(date: datetime) -> int:
    return (date.month + 2) // 3


def _days_in_month(date: datetime) -> int:
    return calendar.monthrange(date.year, date.month)[1]


_OF_ROW: dict[str, Callable[[datetime], float]] = {
    "month": lambda date: date.month,
    "quarter": _quarter,
    "semester": lambda date: (date.month + 5) // 6,
    "year": lambda date: date.year,
    "week": lambda date: date.isocalendar().week,
    "day_of_week": lambda date: date.weekday(),
    "day_of_month": lambda date: date.day,
    "day_of_year": lambda date: date.timetuple().tm_yday,
    "weekend": lambda date: date.weekday() >= _SATURDAY,
    "month_start": lambda date: date.day == 1,
    "month_end": lambda date: date.day == _days_in_month(date),
    "quarter_start": lambda date: date.day == 1 and date.month % 3 == 1,
    "quarter_end": lambda date: date.month % 3 == 0 and date.day == _days_in_month(date),
    "year_start": lambda date: date.day == 1 and date.month == 1,
    "year_end": lambda date: date.day == 31 and date.month == 12,
    "leap_year": lambda date: calendar.isleap(date.year),
    "days_in_month": _days_in_month,
    "hour": lambda date: date.hour,
    "minute": lambda date: date.minute,
    "second": lambda date: date.second,
}

Numbers = NDArray[Any]


class _Dates:
    """A column of dates, none missing, and what its parts are computed from."""

    def __init__(self, dates: NDArray[np.datetime64]) -> None:
        self.days = dates.astype("datetime64[D]")
        self.months = dates.astype("datetime64[M]")
        self.years = dates.astype("datetime64[Y]")
        self.seconds: Numbers = (dates - self.days).astype("timedelta64[s]").astype(np.int64)
        self.month: Numbers = self.months.astype(np.int64) % 12 + 1
        self.year: Numbers = self.years.astype(np.int64) + 1970
        self.day: Numbers = (self.days - self.months.astype("datetime64[D]")).astype(np.int64) + 1
        # 1970-01-01 was a Thursday; Monday is 0.
        self.weekday: Numbers = (self.days.astype(np.int64) + 3) % 7

    @property
    def day_of_year(self) -> Numbers:
        return np.asarray((self.days - self.years.astype("datetime64[D]")).astype(np.int64) + 1)

    @property
    def week(self) -> Numbers:
        # ISO 8601: a week belongs to the year of its Thursday.
        thursdays = self.days + (3 - self.weekday).astype("timedelta64[D]")
        return np.asarray(
            (thursdays - thursdays.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) // 7 + 1
        )

    @property
    def days_in_month(self) -> Numbers:
        return np.asarray(
            ((self.months + 1).astype("datetime64[D]") - self.months.astype("datetime64[D]")).astype(np.int64)
        )

    @property
    def leap(self) -> Numbers:
        return np.asarray(
            ((self.years + 1).astype("datetime64[D]") - self.years.astype("datetime64[D]")).astype(np.int64) == 366
        )


_OF_COLUMN: dict[str, Callable[[_Dates], Numbers]] = {
    "month": lambda dates: dates.month,
    "quarter": lambda dates: (dates.month + 2) // 3,
    "semester": lambda dates: (dates.month + 5) // 6,
    "year": lambda dates: dates.year,
    "week": lambda dates: dates.week,
    "day_of_week": lambda dates: dates.weekday,
    "day_of_month": lambda dates: dates.day,
    "day_of_year": lambda dates: dates.day_of_year,
    "weekend": lambda dates: dates.weekday >= _SATURDAY,
    "month_start": lambda dates: dates.day == 1,
    "month_end": lambda dates: dates.day == dates.days_in_month,
    "quarter_start": lambda dates: (dates.day == 1) & (dates.month % 3 == 1),
    "quarter_end": lambda dates: (dates.month % 3 == 0) & (dates.day == dates.days_in_month),
    "year_start": lambda dates: (dates.day == 1) & (dates.month == 1),
    "year_end": lambda dates: (dates.day == 31) & (dates.month == 12),
    "leap_year": lambda dates: dates.leap,
    "days_in_month": lambda dates: dates.days_in_month,
    "hour": lambda dates: dates.seconds // 3600,
    "minute": lambda dates: dates.seconds // 60 % 60,
    "second": lambda dates: dates.seconds % 60,
}


@dataclass(frozen=True)
class DatePart(Operation):
    """One part of a date, such as the month; that of a missing date is missing.

    Weeks are those of ISO 8601, the first day of the week is Monday, 0; what is true or false is 1.0 or 0.0.
    """

    part: str

    NAME = "date_part"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        return cls((fields.source("date"),), (fields.target(),), fields.choice("part", list(_OF_ROW)))

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        read = _OF_ROW[self.part]

        def date_part(date: datetime | None) -> float:
            return math.nan if date is None else float(read(date))

        return date_part

    def apply_columns(self, columns: Sequence[Column], failed: Flags) -> Sequence[Column]:
        """Compute columns; see `Operation.apply_columns`."""
        del failed
        dates = np.asarray(columns[0])
        there = ~np.isnat(dates)
        part: Floats = np.full(len(dates), np.nan)
        part[there] = _OF_COLUMN[self.part](_Dates(dates[there]))
        return [part]
