"""Whether a number is above a threshold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.columns import check_column_list, read_numbers

if TYPE_CHECKING:
    import pandas as pd


class Binarise(FrameTransformer):
    """Replace numbers by 1.0 where they are above a threshold and by 0.0 elsewhere; missing stays missing.

    scikit-learn's ``Binarizer`` does the same, but refuses missing values.

    Parameters
    ----------
    variables : list of str
        Columns of numbers.
    threshold : float, default=0.0
        Any number that is not NaN, in the unit of the columns; a value equal to it gives 0.0.

    Examples
    --------
    >>> import pandas as pd
    >>> porches = pd.DataFrame({"ScreenPorch": [0.0, 120.0, None]})
    >>> Binarise(["ScreenPorch"]).fit(porches).transform(porches)
       ScreenPorch
    0          0.0
    1          1.0
    2          NaN
    >>> Binarise(["ScreenPorch"]).fit(pd.DataFrame({"ScreenPorch": ["none"]}, dtype=object))
    Traceback (most recent call last):
    ValueError: Binarise: column 'ScreenPorch' must hold numbers, but its dtype is object
    """

    def __init__(self, variables: list[str], threshold: float = 0.0) -> None:
        self.variables = variables
        self.threshold = threshold

    def _learn(self, frame: pd.DataFrame) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        if math.isnan(self.threshold):
            raise ValueError(f"{self._owner}.threshold: expected a number, got {self.threshold!r}")
        for column in self.variables:
            read_numbers(frame, column, self._owner)

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        for column in self.variables:
            values = read_numbers(frame, column, self._owner)
            frame[column] = np.where(np.isnan(values), np.nan, (values > self.threshold).astype("float64"))
        return frame
