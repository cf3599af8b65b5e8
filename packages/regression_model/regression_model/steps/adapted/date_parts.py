"""Parts of dates as numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from regression_model.steps.added_columns import find_clash
from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.columns import check_column_list

Read = Callable[[Any], Any]
"""From the accessor ``dt`` of a column of dates to a column."""

_READERS: dict[str, Read] = {
    "month": lambda dates: dates.month,
    "quarter": lambda dates: dates.quarter,
    "semester": lambda dates: (dates.quarter + 1) // 2,
    "year": lambda dates: dates.year,
    "week": lambda dates: dates.isocalendar().week,
    "day_of_week": lambda dates: dates.day_of_week,
    "day_of_month": lambda dates: dates.day,
    "day_of_year": lambda dates: dates.day_of_year,
    "weekend": lambda dates: dates.day_of_week >= _SATURDAY,
    "month_start": lambda dates: dates.is_month_start,
    "month_end": lambda dates: dates.is_month_end,
    "quarter_start": lambda dates: dates.is_quarter_start,
    "quarter_end": lambda dates: dates.is_quarter_end,
    "year_start": lambda dates: dates.is_year_start,
    "year_end": lambda dates: dates.is_year_end,
    "leap_year": lambda dates: dates.is_leap_year,
    "days_in_month": lambda dates: dates.days_in_month,
    "hour": lambda dates: dates.hour,
    "minute": lambda dates: dates.minute,
    "second": lambda dates: dates.second,
}
_SATURDAY = 5


class DateParts(FrameTransformer):
    """Replace dates by their parts, as floats; all parts of a missing date are missing.

    The parts are those of feature-engine's ``DatetimeFeatures``, under the same names. That one fails on a
    missing date for some parts, calls it a weekend or no month's start for others, and reads attributes that
    pandas has deprecated.

    Parameters
    ----------
    variables : list of str
        Columns of datetime64.
    features_to_extract : sequence of str
        ``year``, ``month``, ...; the new columns are called ``<column>_<part>``.

    Examples
    --------
    >>> import pandas as pd
    >>> sales = pd.DataFrame({"sold": pd.to_datetime(["2010-05-02", None])})
    >>> DateParts(["sold"], ["year", "weekend"]).fit_transform(sales)
       sold_year  sold_weekend
    0     2010.0           1.0
    1        NaN           NaN
    """

    def __init__(self, variables: list[str], features_to_extract: Sequence[str]) -> None:
        self.variables = variables
        self.features_to_extract = features_to_extract

    def _learn(self, frame: pd.DataFrame) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        unknown = [part for part in self.features_to_extract if part not in _READERS]
        if unknown:
            raise ValueError(f"{self._owner}.features_to_extract: unknown {unknown}; known are {list(_READERS)}")
        for variable in self.variables:
            dtype = frame[variable].dtype
            if dtype.kind != "M":
                raise ValueError(f"{self._owner}: column {variable!r} must hold dates, its dtype is {dtype}")
        added = [
            (f"{variable}_{part}", f"the {part} of {variable!r}")
            for variable in self.variables
            for part in self.features_to_extract
        ]
        clash = find_clash(added, [name for name in frame.columns if name not in self.variables])
        if clash is not None:
            raise ValueError(f"{self._owner}: {clash}")

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        parts = {
            f"{variable}_{part}": _READERS[part](frame[variable].dt).astype("float64").mask(frame[variable].isna())
            for variable in self.variables
            for part in self.features_to_extract
        }
        return pd.concat([frame.drop(columns=self.variables), pd.DataFrame(parts, index=frame.index)], axis=1)

    def _output_names(self, input_names: list[str]) -> list[str]:
        added = [f"{variable}_{part}" for variable in self.variables for part in self.features_to_extract]
        return [*(name for name in input_names if name not in self.variables), *added]
