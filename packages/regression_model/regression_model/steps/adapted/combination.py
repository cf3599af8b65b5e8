"""A new column from the arithmetic of others."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Literal

import numpy as np

from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.columns import check_column_list, read_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

Operation = Literal["sum", "difference", "product", "ratio"]


class Combination(FrameTransformer):
    """Add a column that is the sum, difference, product or ratio of others.

    feature-engine's ``MathFeatures`` skips missing values, so that the sum of a floor's area and an unknown
    one would be a small house; here the answer is missing if any part is.

    Parameters
    ----------
    variables : list of str
        Columns of numbers, at least two; exactly two, in this order, for ``difference`` and ``ratio``.
    operation : {"sum", "difference", "product", "ratio"}
    into : str
        Name of the new column, not one of the frame's.

    Notes
    -----
    A ratio to zero is missing, whatever is divided: an infinite value would stop any model.

    Examples
    --------
    >>> import pandas as pd
    >>> houses = pd.DataFrame({"area": [100.0, 80.0, None], "rooms": [4.0, 0.0, 3.0]})
    >>> ratio = Combination(["area", "rooms"], "ratio", into="area_per_room")
    >>> ratio.fit_transform(houses)["area_per_room"].tolist()
    [25.0, nan, nan]
    """

    def __init__(self, variables: Sequence[str], operation: Operation, into: str) -> None:
        self.variables = variables
        self.operation = operation
        self.into = into

    def _learn(self, frame: pd.DataFrame) -> None:
        check_column_list(frame, list(self.variables), f"{self._owner}.variables")
        if self.into in frame.columns:
            raise ValueError(f"{self._owner}.into: there is a column {self.into!r} already")

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        parts = [read_numbers(frame, name, self._owner) for name in self.variables]
        return frame.assign(**{self.into: self._combine(parts)})

    def _combine(self, parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        if self.operation == "sum":
            return reduce(np.add, parts)
        if self.operation == "product":
            return reduce(np.multiply, parts)
        first, second = parts
        if self.operation == "difference":
            return first - second
        return first / np.where(second == 0, np.nan, second)

    def _output_names(self, input_names: list[str]) -> list[str]:
        return [*input_names, self.into]
