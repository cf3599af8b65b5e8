"""Raw measurements that are sent to be predicted: told apart from rows whose cells are series, and gathered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regression_model.errors import DataError, InputDataError
from regression_model.processing.datasets.json_table import read_document
from regression_model.processing.time_series.long_table import gather_series, read_ids

if TYPE_CHECKING:
    from regression_model.config.time_series import TimeSeriesConfig


def gather_request(
    input_data: object, settings: TimeSeriesConfig, missing_values: Collection[str] = ()
) -> pd.DataFrame | None:
    """Gather raw measurements into one row for each series.

    Measurements are a table with a row for each, in one of the two orientations of JSON, a list of rows or an object of
    columns, or as a DataFrame. A table is one of measurements if all columns are there that ``settings`` name, and no
    cell of the values is a series itself: a list, an array, or text that is a list in JSON.

    Parameters
    ----------
    input_data : object
        What was sent.
    settings : TimeSeriesConfig
        Those that the model was trained with.
    missing_values : collection of str
        Texts that mean "unknown", as in training.

    Returns
    -------
    DataFrame of shape (n_series, n_columns), or None
        As from `gather_series`, in the order in which the ids come first. An object of columns that are series
        already has a row for each of them. None if what was sent are rows whose cells are series, or anything else.

    Raises
    ------
    InputDataError
        If it is a table of measurements that can't be gathered, or an object of columns that is no table.

    Examples
    --------
    >>> from regression_model.config.time_series import TimeSeriesConfig
    >>> settings = TimeSeriesConfig(id="window", values="speed")
    >>> gather_request({"window": {"0": 7, "1": 7}, "speed": {"0": 0.5, "1": 1.5}}, settings).to_dict("records")
    [{'window': '7', 'speed': (0.5, 1.5)}]
    >>> gather_request({"window": 7, "speed": [0.5, 1.5]}, settings) is None
    True
    """
    needed = [name for name in (settings.id, settings.kind, *settings.values) if name is not None]
    columns = _find_columns(input_data, needed)
    try:
        if len(columns) == len(needed) and not any(_holds_series(columns[name]) for name in settings.values):
            frame = input_data if isinstance(input_data, pd.DataFrame) else read_document(input_data, "the input")
            return gather_series(frame, settings, missing_values=missing_values)
        return _lay_out(input_data, settings) if isinstance(input_data, Mapping) and columns else None
    except DataError as error:
        raise InputDataError(f"the measurements can't be gathered into series: {error}") from error


def _find_columns(input_data: object, needed: Sequence[str]) -> dict[str, Iterable[Any]]:
    """Return the cells of the columns that are needed, of those that are there; none of what is no table."""
    if isinstance(input_data, pd.DataFrame):
        is_table = input_data.columns.is_unique
        return {name: input_data[name] for name in needed if is_table and name in input_data.columns}
    if isinstance(input_data, Mapping):
        if not isinstance(input_data.get(needed[0]), Mapping | list | tuple):  # of one row it is a single value
            return {}
        return {name: _list_cells(input_data[name]) for name in needed if name in input_data}
    if isinstance(input_data, Sequence) and input_data and isinstance(input_data[0], Mapping):
        rows = [row for row in input_data if isinstance(row, Mapping)]
        there = [name for name in needed if any(name in row for row in rows)]
        return {name: [row.get(name) for row in rows] for name in there}
    return {}


def _list_cells(cells: object) -> Iterable[Any]:
    if isinstance(cells, Mapping):
        return cells.values()
    return cells if isinstance(cells, list | tuple) else ()


def _holds_series(cells: Iterable[Any]) -> bool:
    if isinstance(cells, pd.Series) and pd.api.types.is_numeric_dtype(cells):
        return False
    return any(
        cell.lstrip().startswith("[") if isinstance(cell, str) else isinstance(cell, list | tuple | np.ndarray)
        for cell in cells
    )


def _lay_out(columns: Mapping[str, Any], settings: TimeSeriesConfig) -> pd.DataFrame:
    """Make rows of an object of columns, the ids as text."""
    frame = read_document(columns, "the input", with_series=True)
    frame[settings.id] = pd.Series(read_ids(frame[settings.id], settings.id, "the input"), dtype=object)
    return frame
