"""Codes for categories, for models that split by the categories themselves."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from regression_model.steps.adapted.encoders import as_numbers
from regression_model.steps.supervised.base import SupervisedTransformer
from regression_model.transformers.columns import check_column_list

if TYPE_CHECKING:
    import pandas as pd

MISSING, UNSEEN = 0.0, 1.0
"""The codes of a missing category, and of one that training has not seen or has seen too rarely."""

_FIRST = 2
MOST_CATEGORIES = 250
"""With the two codes above fewer than the 255 that histogram gradient boosting can tell apart."""


class NativeCategories(SupervisedTransformer):
    """Replace categories by codes: 0.0 for missing, 1.0 for unseen, then 2.0, 3.0, ... in the order of the target.

    The order is that of the target's mean, and of equal means the alphabet. A model that splits by categories does not
    mind it; another one can split by the codes as if they were measured.

    Parameters
    ----------
    variables : list of str
        Columns of categories.
    most : int, default=250
        In [1, 250]. Of more categories those with most rows get a code of their own, and of equally frequent ones the
        first in the alphabet; the others count as unseen.

    Attributes
    ----------
    codes_ : dict of str to dict of str to float
        For each column the code of each category, ascending.

    Examples
    --------
    >>> import pandas as pd
    >>> zones = pd.DataFrame({"zone": pd.Series(["RL", "RM", "RL", None], dtype=object)})
    >>> codes = NativeCategories(["zone"]).fit(zones, [30.0, 10.0, 20.0, 5.0])
    >>> codes.codes_
    {'zone': {'RM': 2.0, 'RL': 3.0}}
    >>> codes.transform(pd.DataFrame({"zone": ["RL", None, "Moon"]}))["zone"].tolist()
    [3.0, 0.0, 1.0]
    >>> NativeCategories(["zone"], most=0).fit(zones, [1.0, 2.0, 3.0, 4.0])
    Traceback (most recent call last):
    ValueError: NativeCategories.most: expected a whole number from 1 to 250, got 0
    """

    def __init__(self, variables: list[str], *, most: int = MOST_CATEGORIES) -> None:
        self.variables = variables
        self.most = most

    def _learn_target(self, frame: pd.DataFrame, y: object) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        if not isinstance(self.most, int) or not 1 <= self.most <= MOST_CATEGORIES:
            raise ValueError(
                f"{self._owner}.most: expected a whole number from 1 to {MOST_CATEGORIES}, got {self.most!r}"
            )
        target = as_numbers(y, frame.index)
        self.codes_ = {name: self._order(frame[name], target) for name in map(sys.intern, self.variables)}

    def _order(self, column: pd.Series, target: pd.Series) -> dict[str, float]:
        by_category = target.groupby(column.astype(object)).agg(["size", "mean"]).sort_index()
        kept = by_category.sort_values("size", ascending=False, kind="stable").iloc[: self.most]
        ordered = kept.sort_index().sort_values("mean", kind="stable").index
        return {sys.intern(str(category)): float(code) for code, category in enumerate(ordered, start=_FIRST)}

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        for name, codes in self.codes_.items():
            values = frame[name].astype(object)
            found = values.map(codes).to_numpy(dtype=np.float64, copy=True)
            found[np.isnan(found)] = UNSEEN
            found[values.isna().to_numpy()] = MISSING
            frame[name] = found
        return frame
