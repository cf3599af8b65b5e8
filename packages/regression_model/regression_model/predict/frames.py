"""Takes a DataFrame apart for the compiled form, which knows nothing of pandas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from regression_model.processing.validation import check_frame
from regression_model.schema import Schema
from regression_model.schema.values import to_plain


def list_columns(frame: pd.DataFrame, schema: Schema) -> dict[str, Any]:
    """Return the columns by their labels, as text.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    schema : Schema

    Returns
    -------
    dict of str to ndarray or list, of length n_rows
        float64 where a feature is a number and its column has numbers only; else Python values. Of a column that the
        schema does not know only the name counts: it has no values.

    Raises
    ------
    InputDataError
        If there is no row, or two columns have the same label.
    """
    labels = check_frame(frame)
    dtypes = {feature.name: feature.dtype for feature in schema}
    return {
        label: list_values(frame.iloc[:, position], dtypes[label]) if label in dtypes else ()
        for position, label in enumerate(labels)
    }


def list_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as mappings from labels, as text, to Python values."""
    columns = {label: list_values(frame.iloc[:, position], "") for position, label in enumerate(check_frame(frame))}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def list_values(column: pd.Series, dtype: str) -> Any:  # noqa: ANN401 - an array or a list
    """Return a column as the compiled form takes it, if the feature of that name has this type; see `list_columns`."""
    if dtype in ("number", "integer") and isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf":
        return column.to_numpy(dtype=np.float64)
    return [to_plain(value) for value in column.tolist()]
