"""A known category in place of one that training never saw."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pandas.api.types import is_numeric_dtype

from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.columns import check_column_list, read_categories
from regression_model.transformers.frequent_category_imputer import find_most_frequent

if TYPE_CHECKING:
    import pandas as pd


class CategoryFallback(FrameTransformer):
    """Replace categories that ``fit`` has not seen, so that no encoder after it can fail on one.

    Parameters
    ----------
    variables : list of str
        Columns of categories.
    fallback : str, optional
        The replacement in the columns where ``fit`` saw this category, such as the name that rare ones were
        grouped under. In the other columns, and by default, it is the most frequent category; a tie goes to
        the first in alphabetical order.

    Attributes
    ----------
    numeric_ : dict of str to bool
        For each column whether its categories are numbers; they come out as float64, all others as object.
    categories_ : dict of str to list of str
        For each column the categories seen, sorted.
    fallback_ : dict of str to str or None
        For each column the replacement; None if all training rows were missing: then an unseen category
        becomes missing.

    Notes
    -----
    Missing stays missing.

    Examples
    --------
    >>> import pandas as pd
    >>> zones = pd.DataFrame({"MSZoning": ["RL", "RL", "RM", None]}, dtype=object)
    >>> fallback = CategoryFallback(["MSZoning"]).fit(zones)
    >>> moon = pd.DataFrame({"MSZoning": ["RM", "Moon", None]}, dtype=object)
    >>> fallback.transform(moon)["MSZoning"].tolist()
    ['RM', 'RL', None]
    >>> CategoryFallback(["Zoning"]).fit(zones)
    Traceback (most recent call last):
    ValueError: CategoryFallback.variables: missing columns ['Zoning'] ('Zoning': did you mean 'MSZoning'?)...
    """

    def __init__(self, variables: list[str], fallback: str | None = None) -> None:
        self.variables = variables
        self.fallback = fallback

    def _learn(self, frame: pd.DataFrame) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        self.categories_ = {sys.intern(column): _list_categories(frame[column]) for column in self.variables}
        self.numeric_ = {column: is_numeric_dtype(frame[column].dtype) for column in self.categories_}
        self.fallback_ = {
            column: sys.intern(self.fallback)
            if self.fallback is not None and self.fallback in categories
            else find_most_frequent(frame[column])
            for column, categories in self.categories_.items()
        }

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        for column, categories in self.categories_.items():
            values = read_categories(frame, column, self._owner, numeric=self.numeric_[column])
            unseen = values.notna() & ~values.isin(categories)
            frame[column] = values.mask(unseen, self.fallback_[column])
        return frame


def _list_categories(values: pd.Series[Any]) -> list[object]:
    found = sorted(values.dropna().unique().tolist())
    return [sys.intern(value) if isinstance(value, str) else value for value in found]
