"""Columns that a pipeline was fitted with and that no client has to send."""

from __future__ import annotations

import datetime
import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regression_model.transformers.base import FrameTransformer

if TYPE_CHECKING:
    from collections.abc import Collection


class ColumnPlaceholder(FrameTransformer):
    """Add columns that are absent, each with one value; columns that are there stay as they are.

    What selection dropped, no client has to send, but the steps before the selection were fitted with those
    columns and look for them. This step, put first, gives them something to look at that never reaches the
    model. Any other missing column is an error, as everywhere.

    Parameters
    ----------
    values : dict of str to object
        For each column the value to add: a number, a boolean, text, a date or None.

    Attributes
    ----------
    dtypes_ : dict of str to str
        For each column its dtype: as ``fit`` saw it or, if it was absent there too, ``float64`` for a number
        or a boolean, ``datetime64[ns]`` for a date, ``object`` for text and None.

    Notes
    -----
    Columns that ``fit`` saw come out in its order, the others after them in the order of ``values``.

    Examples
    --------
    >>> import pandas as pd
    >>> train = pd.DataFrame({"PoolArea": [0.0, 512.0], "LotArea": [9000.0, 11000.0]})
    >>> placeholder = ColumnPlaceholder({"PoolArea": 0.0}).fit(train)
    >>> placeholder.transform(pd.DataFrame({"LotArea": [8450.0]}))
       PoolArea  LotArea
    0       0.0   8450.0
    >>> placeholder.transform(pd.DataFrame({"PoolArea": [0.0]}))
    Traceback (most recent call last):
    ValueError: ColumnPlaceholder.transform: missing columns ['LotArea'] ...
    """

    def __init__(self, values: dict[str, object]) -> None:
        self.values = values

    def _learn(self, frame: pd.DataFrame) -> None:
        self.dtypes_ = {}
        for column, value in self.values.items():
            dtype = str(frame[column].dtype) if column in frame.columns else _find_dtype(value)
            try:
                pd.Series([value], dtype=dtype)
            except (TypeError, ValueError) as error:
                raise ValueError(
                    f"{self._owner}.values[{column!r}]: {value!r} does not fit the column's dtype {dtype}"
                ) from error
            self.dtypes_[sys.intern(column)] = sys.intern(dtype)

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        added = {
            column: pd.Series([self.values[column]] * len(frame), index=frame.index, dtype=dtype)
            for column, dtype in self.dtypes_.items()
            if column not in frame.columns
        }
        if not added:
            return frame
        return pd.concat([frame, pd.DataFrame(added, index=frame.index)], axis=1)[
            self._output_names(self._input_names())
        ]

    def _output_names(self, input_names: list[str]) -> list[str]:
        return [*input_names, *(column for column in self.values if column not in input_names)]

    def _optional_columns(self) -> Collection[str]:
        return self.values.keys()


def _find_dtype(value: object) -> str:
    if isinstance(value, bool | int | float | np.number | np.bool_):
        return "float64"
    if isinstance(value, datetime.date | np.datetime64):  # a date is also pandas' Timestamp and NaT
        return "datetime64[ns]"
    return "object"
