"""Finding columns in a frame and reading them; what is wrong is named."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype, is_numeric_dtype

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_NUMBERS_IN_OBJECTS = frozenset({"integer", "floating", "mixed-integer-float", "boolean", "empty"})


def check_columns_exist(existing: Iterable[str], wanted: Iterable[str], where: str) -> None:
    """Raise if a wanted column is not there.

    Parameters
    ----------
    existing : iterable of str
        The columns that there are.
    wanted : iterable of str
        The columns that there should be.
    where : str
        Begins the message: who wants them, such as ``ElapsedTime.variables``.

    Raises
    ------
    ValueError
        Names the missing columns and, where there is one, the nearest existing name.
    """
    there = list(existing)
    missing = [name for name in wanted if name not in there]
    if not missing:
        return
    near = {name: get_close_matches(name, there, n=1) for name in missing}
    hints = [f"{name!r}: did you mean {match[0]!r}?" for name, match in near.items() if match]
    hint = f" ({'; '.join(hints)})" if hints else ""
    raise ValueError(f"{where}: missing columns {missing}{hint}; the columns are {there}")


def check_column_list(frame: pd.DataFrame, columns: object, where: str) -> None:
    """Raise unless ``columns`` is a list of distinct columns of ``frame``, at least one.

    Parameters
    ----------
    frame : DataFrame
        Where they should be.
    columns : object
        The parameter to check.
    where : str
        Begins the message: the parameter, such as ``ElapsedTime.variables``.

    Raises
    ------
    ValueError
        Says what was expected and what came.
    """
    named = isinstance(columns, list | tuple) and all(isinstance(name, str) for name in columns)
    if not isinstance(columns, list | tuple) or not named or not columns:
        raise ValueError(f"{where}: expected a list of column names, at least one, got {columns!r}")
    if len(dict.fromkeys(columns)) < len(columns):
        raise ValueError(f"{where}: expected each column once, got {list(columns)}")
    check_columns_exist(frame.columns, columns, where)


def read_numbers(frame: pd.DataFrame, column: str, owner: str) -> NDArray[np.float64]:
    """Return a column as numbers.

    Parameters
    ----------
    frame : DataFrame
        Numbers or booleans, of any dtype; text is refused even if it looks like a number, because one place
        only, the schema, turns text into numbers.
    column : str
        Its name.
    owner : str
        Begins the message.

    Returns
    -------
    ndarray of shape (n_rows,)
        float64, NaN for missing; may share memory with the frame: not to be written to.

    Raises
    ------
    ValueError
        If there is anything else than numbers.
    """
    values = frame[column]
    if not is_numeric_dtype(values.dtype) and infer_dtype(values, skipna=True) not in _NUMBERS_IN_OBJECTS:
        raise ValueError(f"{owner}: column {column!r} must hold numbers, but its dtype is {values.dtype}")
    return values.to_numpy(dtype="float64", na_value=np.nan)


def read_categories(frame: pd.DataFrame, column: str, owner: str, *, numeric: bool) -> pd.Series[Any]:
    """Return a column of categories with a dtype that does not depend on what a batch happens to hold.

    Parameters
    ----------
    frame : DataFrame
        Text of any dtype, or numbers used as categories.
    column : str
        Its name.
    owner : str
        Begins the message.
    numeric : bool
        Whether the categories are numbers.

    Returns
    -------
    Series of shape (n_rows,)
        dtype float64 for numbers, object else; may share memory with the frame: not to be written to.

    Raises
    ------
    ValueError
        If the categories should be numbers and are not.
    """
    if numeric:
        return pd.Series(read_numbers(frame, column, owner), index=frame.index)
    return frame[column].astype(object)
