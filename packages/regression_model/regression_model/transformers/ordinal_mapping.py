"""Categories that have an order, as numbers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.columns import check_columns_exist

if TYPE_CHECKING:
    import pandas as pd

Unseen = Literal["error", "missing", "lowest"]
_N_SHOWN = 5


class OrdinalMapping(FrameTransformer):
    """Replace ordered categories by their rank: 0.0 for the first, 1.0 for the next, and so on.

    The order is declared, not learned: ``Fa < TA < Gd < Ex`` is knowledge, which frequencies or means of the
    target would have to guess.

    Parameters
    ----------
    mappings : dict of str to list of str
        For each column its categories in ascending order, each once, at least one.
    unseen : {"error", "missing", "lowest"}, default="error"
        What to do with a category that is not in the list: refuse the frame (in ``fit`` too), answer NaN, or
        answer 0.0 as for the first category.

    Attributes
    ----------
    codes_ : dict of str to dict of str to float
        For each column the number of each category.

    Notes
    -----
    Missing stays missing under every policy.

    Examples
    --------
    >>> import pandas as pd
    >>> quality = pd.DataFrame({"KitchenQual": ["Gd", "TA", None]})
    >>> ranks = OrdinalMapping({"KitchenQual": ["Fa", "TA", "Gd", "Ex"]}).fit(quality)
    >>> ranks.transform(quality)
       KitchenQual
    0          2.0
    1          1.0
    2          NaN
    >>> ranks.transform(pd.DataFrame({"KitchenQual": ["Good"]}))
    Traceback (most recent call last):
    ValueError: OrdinalMapping: column 'KitchenQual' has categories without a rank: ['Good']; ...
    """

    def __init__(self, mappings: dict[str, list[str]], unseen: Unseen = "error") -> None:
        self.mappings = mappings
        self.unseen = unseen

    def _learn(self, frame: pd.DataFrame) -> None:
        self._check_parameters()
        check_columns_exist(frame.columns, self.mappings, f"{self._owner}.mappings")
        self.codes_ = {
            sys.intern(column): {sys.intern(name): float(code) for code, name in enumerate(categories)}
            for column, categories in self.mappings.items()
        }
        if self.unseen == "error":
            self._change(frame)

    def _check_parameters(self) -> None:
        if self.unseen not in get_args(Unseen):
            raise ValueError(f"{self._owner}.unseen: expected one of {get_args(Unseen)}, got {self.unseen!r}")
        if not self.mappings:
            raise ValueError(f"{self._owner}.mappings: expected at least one column, got {self.mappings!r}")
        for column, categories in self.mappings.items():
            where = f"{self._owner}.mappings[{column!r}]"
            if not categories or not all(isinstance(name, str) for name in categories):
                raise ValueError(f"{where}: expected categories (text), at least one, got {categories!r}")
            if len(dict.fromkeys(categories)) < len(categories):
                raise ValueError(f"{where}: expected each category once, got {categories!r}")

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        for column, codes in self.codes_.items():
            values = frame[column].astype(object)
            ranks = values.map(codes).to_numpy(dtype="float64", copy=True)
            unseen = np.isnan(ranks) & values.notna().to_numpy()
            if unseen.any() and self.unseen == "error":
                found = list(values[unseen].unique()[:_N_SHOWN])
                raise ValueError(
                    f"{self._owner}: column {column!r} has categories without a rank: {found}; "
                    f"known are {list(codes)}. Put them in their place, or set unseen='missing' or 'lowest'"
                )
            if self.unseen == "lowest":
                ranks[unseen] = 0.0
            frame[column] = ranks
        return frame
