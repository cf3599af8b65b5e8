"""A raw frame, as `read_table` returns it, to an Arrow table that reads as the same frame again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from regression_model.errors import DataError
from regression_model.processing.snapshots.columns import ColumnBuilder

if TYPE_CHECKING:
    from collections.abc import Collection

# NumPy's kinds of numbers, to the widest type of each: a narrow one holds nothing that the wide one does not.
_WIDEST = {"b": pa.bool_(), "i": pa.int64(), "u": pa.int64(), "f": pa.float64()}


def table_from_frame(frame: pd.DataFrame, skip: Collection[str] = ()) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Turn a raw frame into an Arrow table, its rows in their order.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        Column names are unique texts.
    skip : collection of str, optional
        Columns to leave out, whatever they hold.

    Returns
    -------
    pyarrow.Table

    Raises
    ------
    DataError
        A column holds what a snapshot can't; the message names it.
    """
    names = [name for name in frame.columns if name not in skip]
    return pa.table({name: _convert(name, frame[name]) for name in names})


def _convert(name: str, column: pd.Series) -> Any:  # noqa: ANN401 - pyarrow has no types
    dtype = column.dtype
    if isinstance(dtype, pd.DatetimeTZDtype):
        return pa.array(column, from_pandas=True).cast(pa.timestamp(dtype.unit, "UTC"))
    if isinstance(dtype, np.dtype) and dtype.kind == "M":
        return pa.array(column, from_pandas=True)
    if isinstance(dtype, np.dtype) and dtype.kind in _WIDEST:
        try:
            return pa.array(column, from_pandas=True).cast(_WIDEST[dtype.kind])
        except pa.ArrowInvalid as error:
            raise DataError(f"column {name!r} holds whole numbers beyond 2^63, which a snapshot can't hold") from error
    if pd.api.types.is_object_dtype(dtype):
        builder = ColumnBuilder(name)
        builder.add(column.tolist())
        return builder.finish()
    raise DataError(
        f"column {name!r} holds {dtype}; a snapshot holds booleans, numbers, text, dates and times: turn it into one "
        "of these where it comes from, or leave it out with --drop"
    )
