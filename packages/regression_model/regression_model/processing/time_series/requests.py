"""Raw measurements that are sent to be predicted: told apart from rows whose cells are series, and gathered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from regression_model.errors import DataError, InputDataError
from regression_model.processing.datasets.json_table import read_document
from regression_model.processing.time_series.long_table import gather_series

if TYPE_CHECKING:
    from regression_model.config.time_series import TimeSeriesConfig


def gather_request(input_data: object, settings: TimeSeriesConfig) -> pd.DataFrame | None:
    """Gather raw measurements into one row for each series.

    Measurements are a table with a row for each, in one of the two orientations of JSON, a list of rows or an object of
    columns, or as a DataFrame. They are told by the column of ids: where it is in each row beside single measurements,
    or is a column itself, the table is a long one.

    Parameters
    ----------
    input_data : object
        What was sent.
    settings : TimeSeriesConfig
        Those that the model was trained with.

    Returns
    -------
    DataFrame of shape (n_series, n_columns), or None
        As from `gather_series`, in the order in which the ids come first. None if what was sent are rows whose cells
        are series, or anything else.

    Raises
    ------
    InputDataError
        If it is a long table that can't be gathered.

    Examples
    --------
    >>> from regression_model.config.time_series import TimeSeriesConfig
    >>> settings = TimeSeriesConfig(id="window", values="speed")
    >>> gather_request({"window": {"0": 7, "1": 7}, "speed": {"0": 0.5, "1": 1.5}}, settings).to_dict("records")
    [{'window': '7', 'speed': (0.5, 1.5)}]
    >>> gather_request({"window": 7, "speed": [0.5, 1.5]}, settings) is None
    True
    """
    if not _is_long(input_data, settings):
        return None
    try:
        frame = input_data if isinstance(input_data, pd.DataFrame) else read_document(input_data, "the input")
        return gather_series(frame, settings)
    except DataError as error:
        raise InputDataError(f"the measurements can't be gathered into series: {error}") from error


def _is_long(input_data: object, settings: TimeSeriesConfig) -> bool:
    if isinstance(input_data, pd.DataFrame):
        here = [name for name in settings.values if name in input_data.columns]
        cells = (input_data[name].dropna().head(1).tolist() for name in here)
        return settings.id in input_data.columns and not any(isinstance(cell, list | tuple | str) for [cell] in cells)
    if isinstance(input_data, Mapping):
        return isinstance(input_data.get(settings.id), Mapping | list | tuple)
    if isinstance(input_data, Sequence) and input_data and isinstance(input_data[0], Mapping):
        first: Mapping[str, Any] = input_data[0]
        cells = (first[name] for name in settings.values if name in first)
        return settings.id in first and all(cell is None or isinstance(cell, int | float) for cell in cells)
    return False
