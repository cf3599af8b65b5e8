"""Ratios, differences, sums and products of columns, chosen by what they tell of the target."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regression_model.steps.added_columns import find_clash
from regression_model.steps.supervised.base import SupervisedTransformer
from regression_model.steps.supervised.gains import find_pairs
from regression_model.transformers.columns import check_column_list, read_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WORDS = {"ratio": "per", "difference": "minus", "sum": "plus", "product": "times"}
"""How the name of a column says what it is."""


class PairCombiner(SupervisedTransformer):
    """Add the combinations of two columns that tell most of the target beyond the columns.

    Parameters
    ----------
    variables : list of str
        Columns of numbers.
    n : int, default=5
        How many are added at most.
    operations : list of {"ratio", "difference", "sum", "product"}, default=("ratio",)
        What is tried.

    Attributes
    ----------
    chosen_ : list of tuple of str
        ``(operation, first, second)``, the best first; may be empty.

    Notes
    -----
    How they are chosen is described at `regression_model.steps.supervised.gains.find_pairs`. A combination is missing
    where a part is missing or a divisor is zero.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> random = np.random.default_rng(0)
    >>> frame = pd.DataFrame(random.uniform(1, 9, (500, 3)), columns=["rooms", "people", "age"])
    >>> combiner = PairCombiner(["rooms", "people", "age"], n=1).fit(frame, frame["rooms"] / frame["people"])
    >>> list(combiner.transform(frame))
    ['rooms', 'people', 'age', 'people_per_rooms']
    """

    def __init__(self, variables: list[str], n: int = 5, operations: Sequence[str] = ("ratio",)) -> None:
        self.variables = variables
        self.n = n
        self.operations = operations

    def _learn_target(self, frame: pd.DataFrame, y: object) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        columns = {sys.intern(name): read_numbers(frame, name, self._owner) for name in self.variables}
        self.chosen_ = find_pairs(columns, np.asarray(y), list(self.operations), self.n)
        added = [(name_pair(*item), f"the {item[0]} of {item[1]!r} and {item[2]!r}") for item in self.chosen_]
        clash = find_clash(added, list(frame.columns))
        if clash is not None:
            raise ValueError(f"{self._owner}: {clash}")

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        added = {}
        for operation, first, second in self.chosen_:
            parts = [read_numbers(frame, name, self._owner) for name in (first, second)]
            added[name_pair(operation, first, second)] = combine(operation, *parts)
        return pd.concat([frame, pd.DataFrame(added, index=frame.index, dtype="float64")], axis=1)

    def _output_names(self, input_names: list[str]) -> list[str]:
        return [*input_names, *(name_pair(*item) for item in self.chosen_)]


def name_pair(operation: str, first: str, second: str) -> str:
    """Name a combination."""
    return f"{first}_{WORDS[operation]}_{second}"


def combine(operation: str, first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute a combination; a ratio to zero is missing."""
    with np.errstate(over="ignore", invalid="ignore"):
        if operation == "ratio":
            return first / np.where(second == 0, np.nan, second)
        if operation == "sum":
            return first + second
        return first - second if operation == "difference" else first * second
