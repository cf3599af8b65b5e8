"""Time from one column to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.columns import check_column_list, check_columns_exist, read_numbers

if TYPE_CHECKING:
    import pandas as pd


class ElapsedTime(FrameTransformer):
    """Replace each variable by the time that passed from it to a reference: ``reference - variable``.

    Parameters
    ----------
    variables : list of str
        Columns to replace, numbers in one unit, such as calendar years.
    reference : str
        Column to measure to, in the same unit; not one of ``variables``.
    drop_reference : bool, default=False
        Whether to leave the reference out of the answer.

    Notes
    -----
    The unit of the answer is that of the columns. A negative answer is kept: a house can be sold before the
    remodelling that its record mentions. Missing on either side gives missing.

    Examples
    --------
    >>> import pandas as pd
    >>> houses = pd.DataFrame({"YearBuilt": [1960.0, None], "YrSold": [2010.0, 2008.0]})
    >>> age = ElapsedTime(["YearBuilt"], reference="YrSold", drop_reference=True).fit(houses)
    >>> age.transform(houses)
       YearBuilt
    0       50.0
    1        NaN
    >>> age.transform(houses[["YearBuilt"]])
    Traceback (most recent call last):
    ValueError: ElapsedTime.transform: missing columns ['YrSold']; the columns are ['YearBuilt']
    """

    def __init__(self, variables: list[str], reference: str, drop_reference: bool = False) -> None:
        self.variables = variables
        self.reference = reference
        self.drop_reference = drop_reference

    def _learn(self, frame: pd.DataFrame) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        check_columns_exist(frame.columns, [self.reference], f"{self._owner}.reference")
        if self.reference in self.variables:
            raise ValueError(
                f"{self._owner}.variables: {self.reference!r} is the reference, its distance to itself is 0; "
                "take it out of the list (drop_reference=True removes the column)"
            )
        for column in [*self.variables, self.reference]:
            read_numbers(frame, column, self._owner)

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        reference = read_numbers(frame, self.reference, self._owner)
        for variable in self.variables:
            frame[variable] = reference - read_numbers(frame, variable, self._owner)
        if self.drop_reference:
            return frame.drop(columns=self.reference)
        frame[self.reference] = reference
        return frame

    def _output_names(self, input_names: list[str]) -> list[str]:
        if not self.drop_reference:
            return input_names
        # By position: an array's columns may be given other names than the parameters know.
        dropped = self._input_names().index(self.reference)
        return [name for position, name in enumerate(input_names) if position != dropped]
