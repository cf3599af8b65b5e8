"""A value drawn from the training frame in place of a missing one."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.columns import check_column_list, read_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

MISSING_CODE = 0xA0761D6478BD642F
"""Stands for a missing value in a seed column; any fixed number that no text or number is likely to have."""


class RowSeededSampleImputer(FrameTransformer):
    """Fill missing values with values drawn at random from the training frame, seeded by the row's content.

    The draw depends on the row alone: rows that agree in the seed columns get the same value, whichever batch
    they come in, today and tomorrow. A value is drawn as often as it occurs in training.

    Parameters
    ----------
    variables : list of str
        Columns to fill: numbers or text.
    seed_columns : list of str
        Columns whose content seeds the draw, before anything is filled: numbers, text or dates. They may be
        missing, and may be among ``variables``.
    seed : int, default=0
        At least 0, less than 2**63; another one gives other draws.

    Attributes
    ----------
    kinds_ : dict of str to {"number", "text", "date"}
        For each column used, how its content is read.
    values_ : dict of str to ndarray of shape (n_distinct,)
        For each variable the distinct training values, sorted.
    cumulative_counts_ : dict of str to ndarray of shape (n_distinct,)
        For each variable how many training values are not greater than each of those.

    Notes
    -----
    feature-engine's ``RandomSampleImputer(seed="observation")`` seeds by the rounded sum of raw values: it
    fails on text and on negative numbers (longitudes), gives near rows equal draws, and samples a Series for
    each missing cell. Hence this definition, which needs nothing but integers and is computed for all rows
    at once. With ``mix`` the step of the SplitMix64 generator (Steele, Lea, Flood, *Fast splittable
    pseudorandom number generators*, OOPSLA 2014), the state is ``mix(seed ^ code(name of the variable))`` and
    then, for each seed column in turn, ``mix(state ^ code(cell))``. The answer is the training value number
    ``state % n_training_values`` in ascending order, counted from 0. The code of a number is its 64 bits as
    a float (of zero, those of ``0.0``), of a date its nanoseconds since 1970, of text the first 8 bytes, low
    byte first, of the BLAKE2b digest (of 8 bytes) of its UTF-8 form, and of a missing value a constant.

    Examples
    --------
    >>> import pandas as pd
    >>> lots = pd.DataFrame({"LotFrontage": [60.0, 80.0, 70.0, None], "LotArea": [7e3, 9e3, 8e3, 9e3]})
    >>> imputer = RowSeededSampleImputer(["LotFrontage"], seed_columns=["LotArea"], seed=0).fit(lots)
    >>> filled = imputer.transform(lots)["LotFrontage"]
    >>> bool(filled.notna().all()), filled[3] in (60.0, 70.0, 80.0)
    (True, True)
    >>> RowSeededSampleImputer(["LotFrontage"], seed_columns=[]).fit(lots)
    Traceback (most recent call last):
    ValueError: RowSeededSampleImputer.seed_columns: expected a list of column names, at least one, got []
    """

    def __init__(self, variables: list[str], seed_columns: list[str], seed: int = 0) -> None:
        self.variables = variables
        self.seed_columns = seed_columns
        self.seed = seed

    def _learn(self, frame: pd.DataFrame) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        check_column_list(frame, self.seed_columns, f"{self._owner}.seed_columns")
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"{self._owner}.seed: expected an integer in [0, 2**63), got {self.seed!r}")
        columns = dict.fromkeys([*self.variables, *self.seed_columns])
        self.kinds_ = {sys.intern(column): _find_kind(frame[column]) for column in columns}
        self.values_: dict[str, NDArray[Any]] = {}
        self.cumulative_counts_: dict[str, NDArray[np.int64]] = {}
        for variable in map(sys.intern, self.variables):
            self._learn_values(frame, variable)

    def _learn_values(self, frame: pd.DataFrame, variable: str) -> None:
        kind = self.kinds_[variable]
        if kind == "date":
            raise ValueError(f"{self._owner}.variables: {variable!r} holds dates, which can't be drawn")
        known = frame.loc[frame[variable].notna()]
        if known.empty:
            raise ValueError(
                f"{self._owner}: column {variable!r} has no value to learn from: "
                f"all {len(frame)} rows are missing; drop the column or impute a constant"
            )
        if kind == "number":
            values, counts = np.unique(read_numbers(known, variable, self._owner), return_counts=True)
        else:
            tally = known[variable].astype(object).value_counts(sort=False)
            texts = sorted((sys.intern(str(text)), int(count)) for text, count in tally.items())
            values = np.array([text for text, _ in texts], dtype=object)
            counts = np.array([count for _, count in texts], dtype=np.int64)
        self.values_[variable] = values
        self.cumulative_counts_[variable] = np.cumsum(counts)

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        missing = {variable: frame[variable].isna().to_numpy() for variable in self.values_}
        rows = frame.loc[np.logical_or.reduce(list(missing.values())), self.seed_columns]
        codes = [self._encode_cells(rows, column) for column in self.seed_columns]
        row_numbers = np.cumsum(np.logical_or.reduce(list(missing.values()))) - 1
        for variable, holes in missing.items():
            if self.kinds_[variable] == "number":
                filled: NDArray[Any] = read_numbers(frame, variable, self._owner).copy()
            else:
                filled = frame[variable].to_numpy(dtype=object, copy=True)
            filled[holes] = self._draw(variable, [code[row_numbers[holes]] for code in codes])
            frame[variable] = pd.Series(filled, index=frame.index, dtype=filled.dtype)
        return frame

    def find_state(self, variable: str) -> int:
        """Return the state from which the draws of a variable start: ``mix(seed ^ code(variable))``, 64 bits."""
        start = np.array([self.seed ^ _encode_text(variable)], dtype=np.uint64)
        return int(_mix(start)[0])

    def _encode_cells(self, frame: pd.DataFrame, column: str) -> NDArray[np.uint64]:
        kind = self.kinds_[column]
        if kind == "number":
            numbers = read_numbers(frame, column, self._owner) + 0.0  # -0.0 becomes 0.0, its equal
            return np.where(np.isnan(numbers), np.uint64(MISSING_CODE), numbers.view(np.uint64))
        if kind == "date":
            dates = pd.to_datetime(frame[column]).to_numpy("datetime64[ns]")
            return np.where(np.isnat(dates), np.uint64(MISSING_CODE), dates.view(np.uint64))
        positions, texts = pd.factorize(frame[column].astype(object).to_numpy())
        # A missing text has position -1: the end of the array.
        codes = [*(_encode_text(str(text)) for text in texts), MISSING_CODE]
        return np.array(codes, dtype=np.uint64)[positions]

    def _draw(self, variable: str, codes: list[NDArray[np.uint64]]) -> NDArray[Any]:
        state = np.full(codes[0].shape, self.find_state(variable), dtype=np.uint64)
        for code in codes:
            state = _mix(state ^ code)
        bounds = self.cumulative_counts_[variable]
        numbers = (state % np.uint64(bounds[-1])).astype(np.int64)
        return self.values_[variable][np.searchsorted(bounds, numbers, side="right")]


def _find_kind(values: pd.Series[Any]) -> str:
    if is_datetime64_any_dtype(values.dtype):
        return "date"
    return "number" if is_numeric_dtype(values.dtype) else "text"


def _encode_text(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = state + np.uint64(0x9E3779B97F4A7C15)  # integers of an array wrap around, as the algorithm wants
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
