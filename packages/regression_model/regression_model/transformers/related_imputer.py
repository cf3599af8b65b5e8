"""What other columns say in place of a missing number."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.columns import check_column_list, read_numbers
from regression_model.transformers.relations import Correlations, Relation, find_relations

if TYPE_CHECKING:
    import pandas as pd


class RelatedImputer(FrameTransformer):
    """Fill missing numbers by the columns of the same row that tell most of them, else by the median.

    Parameters
    ----------
    variables : list of str
        Columns of numbers to fill; they tell of each other.
    related : list of str, default=()
        Columns of numbers that tell something, too, and are not filled.
    most : int, default=3
        How many columns a relation may have, at least 1.

    Attributes
    ----------
    relations_ : dict of str to tuple of Relation
        For each variable, to be tried in order.
    medians_ : dict of str to float
    ranges_ : dict of str to tuple of float
        Least and greatest training value: no estimate lies outside.

    Notes
    -----
    Relations are learned by least absolute deviations, also for columns that are never missing in training. See
    `regression_model.transformers.relations`.

    Examples
    --------
    >>> import pandas as pd
    >>> blocks = pd.DataFrame({"rooms": [4.0 * n for n in range(1, 40)], "bedrooms": [1.0 * n for n in range(1, 40)]})
    >>> imputer = RelatedImputer(["bedrooms"], related=["rooms"]).fit(blocks)
    >>> imputer.transform(pd.DataFrame({"rooms": [40.0, None], "bedrooms": [None, None]}, dtype=float)).round(6)
       rooms  bedrooms
    0   40.0      10.0
    1    NaN      20.0
    >>> RelatedImputer(["bedrooms"], related=["room"]).fit(blocks)
    Traceback (most recent call last):
    ValueError: RelatedImputer.related: missing columns ['room'] ('room': did you mean 'rooms'?)...
    """

    def __init__(self, variables: list[str], related: list[str] | tuple[str, ...] = (), most: int = 3) -> None:
        self.variables = variables
        self.related = related
        self.most = most

    def _learn(self, frame: pd.DataFrame) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        if self.related:
            check_column_list(frame, list(self.related), f"{self._owner}.related")
        if self.most < 1:
            raise ValueError(f"{self._owner}.most: expected at least 1, got {self.most}")
        # In order of the rows' content: sums have the same last bits whatever the order of the rows.
        columns = self._read(frame)
        order = np.lexsort(list(columns.values()))
        columns = {name: values[order] for name, values in columns.items()}
        correlations = Correlations(columns)
        self.relations_: dict[str, tuple[Relation, ...]] = {}
        self.medians_: dict[str, float] = {}
        self.ranges_: dict[str, tuple[float, float]] = {}
        for name in map(sys.intern, self.variables):
            known = columns[name][~np.isnan(columns[name])]
            if not len(known):
                raise ValueError(f"{self._owner}: column {name!r} has no value to learn from; drop it")
            self.medians_[name] = float(np.median(known))
            self.ranges_[name] = (float(known.min()), float(known.max()))
            self.relations_[name] = find_relations(columns, name, correlations, self.most)

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        columns = self._read(frame)
        filled = {}
        for name, relations in self.relations_.items():
            values = columns[name]
            low, high = self.ranges_[name]
            for relation in relations:
                if not np.isnan(values).any():
                    break
                estimate = np.maximum(np.minimum(relation.estimate(columns), high), low)
                values = np.where(np.isnan(values), estimate, values)
            filled[name] = np.where(np.isnan(values), self.medians_[name], values)
        return frame.assign(**filled)

    def _read(self, frame: pd.DataFrame) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
        names = dict.fromkeys([*self.variables, *self.related])
        return {sys.intern(name): read_numbers(frame, name, self._owner) for name in names}
