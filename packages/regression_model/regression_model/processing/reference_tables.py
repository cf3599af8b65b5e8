"""Reads the tables that ``lookup`` steps join; their bytes are pinned by the config."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from regression_model.errors import DataError, DataNotFoundError
from regression_model.processing.datasets import read_table
from regression_model.processing.values import build_frame, parse_column
from regression_model.steps.lookup import LookupStep

if TYPE_CHECKING:
    from regression_model.config import Config


def load_reference_tables(config: Config) -> dict[str, pd.DataFrame]:
    """Read the reference tables that a config names.

    Parameters
    ----------
    config : Config

    Returns
    -------
    dict of str to DataFrame
        By name. Columns that a lookup adds, and coordinates, are numbers; keys are what the feature of that name is.

    Raises
    ------
    DataNotFoundError
        If a file is not there.
    DataError
        If a file is not the one that the config pins, or is no table.
    """
    tables = {}
    for name, entry in config.data.reference_tables.items():
        path = config.resolve(entry.path)
        if not path.is_file():
            raise DataNotFoundError(f"the reference table {name!r} is not there: {path}")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != entry.sha256:
            raise DataError(
                f"the reference table {name!r} ({entry.path}) has SHA-256 {found}, the config pins {entry.sha256}; "
                "restore the file, or change 'sha256' if the new table is meant"
            )
        tables[name] = _typed(read_table(path), name, config)
    return tables


def _typed(table: pd.DataFrame, name: str, config: Config) -> pd.DataFrame:
    """Give the columns that lookups use their types."""
    kinds = config.features.kinds()
    columns = {str(column): table[column] for column in table.columns}
    for step in config.steps().values():
        if not isinstance(step, LookupStep) or step.table != name:
            continue
        wanted = {**dict.fromkeys((*step.nearest, *step.values), "number"), **{key: kinds.get(key) for key in step.key}}
        for column in set(columns) & set(wanted):
            dtype = wanted[column] or "category"
            parsed, rejected = parse_column(table[column], dtype)
            if rejected:
                row, problem = next(iter(rejected.items()))
                raise DataError(
                    f"the reference table {name!r} is looked up for {column!r}, so each value there has to be "
                    f"{problem.expected}; the one in row {row + 1} is not"
                )
            columns[column] = pd.Series(parsed, dtype=parsed.dtype)
    return build_frame({column: values.to_numpy() for column, values in columns.items()})
