"""Columns from a reference table, joined by key or by nearest coordinates."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.columns import check_column_list, check_columns_exist, read_numbers
from regression_model.transformers.coordinates import NearestPlace, are_on_earth

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

By = Literal["key", "nearest"]
_N_SHOWN = 5
_N_COORDINATES = 2


class LookupJoin(FrameTransformer):
    """Add columns from a reference table that is part of the model, in place of calls to outside services.

    Parameters
    ----------
    key_columns : list of str
        Columns, of the same names in the frame and in the table, that find the row of the table. For
        ``by="nearest"`` these two: latitude in [-90, 90] and longitude in [-180, 360], in degrees.
    value_columns : list of str
        Columns of the table to add.
    table : DataFrame of shape (n_reference_rows, n_columns)
        The reference: at least one row, no missing key, each key once.
    by : {"key", "nearest"}, default="key"
        Join rows with equal keys, or with the nearest coordinates by the great-circle distance (haversine
        formula on a sphere of radius 6371.0088 km).
    max_distance_km : float, optional
        Only with ``by="nearest"``: a reference further away than this is no match. At least 0; no limit by
        default.
    prefix : str, default=""
        Put before the names of the added columns, which must not be in the frame already.

    Attributes
    ----------
    finder_ : pandas.MultiIndex or NearestPlace
        Finds the position of a key or of coordinates in ``values_``.
    values_ : dict of str to ndarray of shape (n_reference_rows + 1,)
        The added columns by name, with a missing value at the end.

    Notes
    -----
    A row without a match has missing values in the added columns: NaN for numbers (and booleans, which become
    1.0 and 0.0), NaT for dates, None for text. There is no match for a key that the table does not have or
    that is missing in part, for coordinates out of range, and for coordinates with nothing near enough.
    Between references at the same distance the choice depends on nothing but the set of the table's rows.

    Examples
    --------
    >>> import pandas as pd
    >>> cities = pd.DataFrame({"lat": [37.77, 34.05], "lon": [-122.42, -118.24], "city": ["SF", "LA"]})
    >>> blocks = pd.DataFrame({"lat": [37.9, 34.0, 40.7], "lon": [-122.2, -118.0, -74.0]})
    >>> join = LookupJoin(["lat", "lon"], ["city"], cities, by="nearest", max_distance_km=100).fit(blocks)
    >>> join.transform(blocks)["city"].tolist()
    ['SF', 'LA', None]
    >>> LookupJoin(["zip"], ["city"], cities).fit(blocks)
    Traceback (most recent call last):
    ValueError: LookupJoin.key_columns (in table): missing columns ['zip']; the columns are [...]
    """

    def __init__(
        self,
        key_columns: list[str],
        value_columns: list[str],
        table: pd.DataFrame,
        by: By = "key",
        max_distance_km: float | None = None,
        prefix: str = "",
    ) -> None:
        self.key_columns = key_columns
        self.value_columns = value_columns
        self.table = table
        self.by = by
        self.max_distance_km = max_distance_km
        self.prefix = prefix

    def _learn(self, frame: pd.DataFrame) -> None:
        self._check_parameters(frame)
        # Sorted, so that the answer does not depend on the order of the table's rows.
        table = self.table.sort_values(list(self.key_columns), kind="stable", ignore_index=True)
        self._check_keys(table)
        self.numeric_keys_ = [is_numeric_dtype(table[column].dtype) for column in self.key_columns]
        if self.by == "nearest":
            self.finder_: Any = NearestPlace(self._read_coordinates(table))
        else:
            self.finder_ = self._read_keys(table)
        self._find_positions(frame)  # refuses keys of another kind than the table's
        self.values_ = {
            sys.intern(self.prefix + column): _append_missing(table[column]) for column in self.value_columns
        }

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        positions = self._find_positions(frame)
        # Position -1, no match, is the end of the array, where the missing value is.
        added = {
            column: pd.Series(values[positions], index=frame.index, dtype=values.dtype)
            for column, values in self.values_.items()
        }
        return pd.concat([frame, pd.DataFrame(added, index=frame.index)], axis=1)

    def _output_names(self, input_names: list[str]) -> list[str]:
        return [*input_names, *self.values_]

    def _check_parameters(self, frame: pd.DataFrame) -> None:
        if self.by not in get_args(By):
            raise ValueError(f"{self._owner}.by: expected one of {get_args(By)}, got {self.by!r}")
        if self.table.empty:
            raise ValueError(f"{self._owner}.table: expected at least one row and one column")
        check_column_list(self.table, self.key_columns, f"{self._owner}.key_columns (in table)")
        check_column_list(self.table, self.value_columns, f"{self._owner}.value_columns (in table)")
        check_columns_exist(frame.columns, self.key_columns, f"{self._owner}.key_columns")
        taken = [name for name in self.value_columns if self.prefix + name in frame.columns]
        if taken:
            raise ValueError(
                f"{self._owner}.value_columns: {taken} with prefix {self.prefix!r} are names that the frame "
                "has already; choose another prefix"
            )
        self._check_distance()

    def _check_distance(self) -> None:
        if self.by == "nearest" and len(self.key_columns) != _N_COORDINATES:
            raise ValueError(f"{self._owner}.key_columns: expected [latitude, longitude], got {self.key_columns}")
        if self.max_distance_km is None:
            return
        if self.by != "nearest":
            raise ValueError(f"{self._owner}.max_distance_km: only by='nearest' has distances; leave it out")
        if math.isnan(self.max_distance_km) or self.max_distance_km < 0:
            raise ValueError(f"{self._owner}.max_distance_km: expected at least 0 km, got {self.max_distance_km}")

    def _check_keys(self, table: pd.DataFrame) -> None:
        keys = table[list(self.key_columns)]
        if keys.isna().any(axis=None):
            raise ValueError(f"{self._owner}.table: keys {self.key_columns} must not be missing")
        repeated = keys[keys.duplicated()]
        if len(repeated):
            raise ValueError(
                f"{self._owner}.table: expected each key once, but these of {self.key_columns} are repeated: "
                f"{repeated.head(_N_SHOWN).to_numpy().tolist()}"
            )
        if self.by == "nearest" and not are_on_earth(self._read_coordinates(table)).all():
            raise ValueError(
                f"{self._owner}.table: expected latitudes in [-90, 90] and longitudes in [-180, 360] degrees "
                f"in {self.key_columns}"
            )

    def _find_positions(self, frame: pd.DataFrame) -> NDArray[np.intp]:
        if self.by == "key":
            found: NDArray[np.intp] = self.finder_.get_indexer(self._read_keys(frame))
            return found
        limit_km = math.inf if self.max_distance_km is None else self.max_distance_km
        nearest: NDArray[np.intp] = self.finder_.find_positions(self._read_coordinates(frame), limit_km)
        return nearest

    def _read_coordinates(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        return np.column_stack([read_numbers(frame, column, self._owner) for column in self.key_columns])

    def _read_keys(self, frame: pd.DataFrame) -> pd.MultiIndex:
        keys: list[NDArray[Any]] = [
            read_numbers(frame, column, self._owner) if numeric else frame[column].to_numpy(dtype=object)
            for column, numeric in zip(self.key_columns, self.numeric_keys_, strict=True)
        ]
        return pd.MultiIndex.from_arrays(keys)


def _append_missing(values: pd.Series[Any]) -> NDArray[Any]:
    if is_datetime64_any_dtype(values.dtype):
        return np.append(values.to_numpy("datetime64[ns]"), np.datetime64("NaT", "ns"))
    if is_numeric_dtype(values.dtype) or is_bool_dtype(values.dtype):
        return np.append(values.to_numpy("float64", na_value=np.nan), np.nan)
    texts = [sys.intern(value) if isinstance(value, str) else value for value in values]
    known = [text if there else None for text, there in zip(texts, values.notna(), strict=True)]
    return np.array([*known, None], dtype=object)
