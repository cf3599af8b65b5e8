"""The most frequent category in place of a missing one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from feature_engine.imputation import CategoricalImputer
from pandas.api.types import is_numeric_dtype

from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.columns import check_column_list, read_categories

if TYPE_CHECKING:
    import pandas as pd


class FrequentCategoryImputer(FrameTransformer):
    """Fill missing categories with the most frequent one of the training frame.

    feature-engine's ``CategoricalImputer`` does the filling. Its own search for the most frequent category
    refuses a tie, which any resampling of the rows can bring about; here a tie goes to the first category in
    alphabetical order (by code point).

    Parameters
    ----------
    variables : list of str
        Columns to fill.

    Attributes
    ----------
    numeric_ : dict of str to bool
        For each column whether its categories are numbers; they come out as float64, all others as object.
    imputer_ : feature_engine.imputation.CategoricalImputer
        The fitted imputer; its ``imputer_dict_`` holds the category of each column.

    Examples
    --------
    >>> import pandas as pd
    >>> streets = pd.DataFrame({"Street": ["Pave", "Grvl", None]}, dtype=object)
    >>> imputer = FrequentCategoryImputer(["Street"]).fit(streets)
    >>> imputer.transform(streets)["Street"].tolist()
    ['Pave', 'Grvl', 'Grvl']
    >>> imputer.fit(pd.DataFrame({"Street": [None, None]}, dtype=object))
    Traceback (most recent call last):
    ValueError: FrequentCategoryImputer: column 'Street' has no value to learn from: all 2 rows are missing...
    """

    def __init__(self, variables: list[str]) -> None:
        self.variables = variables

    def _learn(self, frame: pd.DataFrame) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        categories = {sys.intern(column): find_most_frequent(frame[column]) for column in self.variables}
        for column, category in categories.items():
            if category is None:
                raise ValueError(
                    f"{self._owner}: column {column!r} has no value to learn from: "
                    f"all {len(frame)} rows are missing; drop the column or impute a constant"
                )
        self.numeric_ = {column: is_numeric_dtype(frame[column].dtype) for column in categories}
        # Imputation with a constant, but one for each column: feature-engine takes a single one as parameter.
        self.imputer_ = CategoricalImputer(
            imputation_method="missing", variables=list(categories), ignore_format=True
        ).fit(frame[self.variables])
        self.imputer_.imputer_dict_ = categories

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        for column, numeric in self.numeric_.items():
            frame[column] = read_categories(frame, column, self._owner, numeric=numeric)
        if len(frame):  # feature-engine refuses an empty frame, in which there is nothing to fill
            frame[self.variables] = self.imputer_.transform(frame[self.variables])
        return frame


def find_most_frequent(values: pd.Series[Any]) -> object | None:
    """Return the most frequent value, of several the smallest; None if all are missing.

    Parameters
    ----------
    values : Series
        Values that can be sorted.

    Returns
    -------
    object or None
        A Python object, not a NumPy scalar.
    """
    modes = values.mode(dropna=True)  # sorted
    if modes.empty:
        return None
    mode = modes.tolist()[0]
    return sys.intern(mode) if isinstance(mode, str) else mode
