"""A table of measurements as it is found: its labels beside it, and one row for each series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regression_model.errors import DataNotFoundError
from regression_model.processing.datasets.reading import read_table
from regression_model.processing.time_series.long_table import gather_series

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from regression_model.config import Config


def find_labels(config: Config, table: Path) -> Path | None:
    """Find the table of labels that belongs to a table of measurements.

    Parameters
    ----------
    config : Config
        With ``data.time_series.labels`` or without.
    table : Path
        The table of measurements.

    Returns
    -------
    Path or None
        None if the config names no labels.

    Raises
    ------
    DataNotFoundError
        If there is no such file.
    """
    settings = config.data.time_series
    if settings is None or settings.labels is None:
        return None
    path = table.parent / settings.labels
    if not path.is_file():
        raise DataNotFoundError(
            f"no table of labels at {path}; 'data.time_series.labels' names it, and a relative path is relative to the "
            "folder of the table of measurements"
        )
    return path


def gather_rows(frame: pd.DataFrame, config: Config, labels: Path | None) -> pd.DataFrame:
    """Make one row for each series; see `gather_series`.

    Parameters
    ----------
    frame : DataFrame of shape (n_measurements, n_columns)
    config : Config
        With ``data.time_series``.
    labels : Path, optional
        See `find_labels`.

    Raises
    ------
    DataError
    """
    settings = config.data.time_series
    if settings is None:
        return frame
    groups = config.evaluation.groups
    return gather_series(
        frame,
        settings,
        labels=None if labels is None else read_table(labels),
        wanted=(config.target.column, *config.features.dtypes(), *([groups] if groups else [])),
        missing_values=config.data.missing_values,
    )
