"""Rows that belong together: a model that learned from some of them is measured too well on the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from regression_model.errors import DataError
from regression_model.processing.values import parse_column

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.processing.time_series import Overlap

OVERLAP = "overlap"
"""What ``evaluation.groups`` says for windows that share measurements."""


def find_groups(raw: pd.DataFrame, config: Config, overlap: Overlap | None) -> pd.Series | None:
    """Find the group of each row, as ``evaluation.groups`` says.

    Parameters
    ----------
    raw : DataFrame of shape (n_rows, n_columns)
        As it was read, without the rows that can't be used.
    config : Config
    overlap : Overlap, optional
        Of the same rows.

    Returns
    -------
    Series of length n_rows, or None
        None if the config asks for no groups, or the table lacks the column: it can be predicted, but not split.
        A row without a value is a group of its own.

    Raises
    ------
    DataError
        If all rows are one group.
    """
    name = config.evaluation.groups
    if name is None:
        return None
    if name in raw.columns:
        parsed, _ = parse_column(raw[name].reset_index(drop=True), "category")
        groups = pd.Series(parsed, dtype=object)
        groups = groups.where(groups.notna(), [f"row {row}" for row in range(len(groups))])
    elif name == OVERLAP and config.features.series:
        groups = pd.Series(range(len(raw)) if overlap is None else overlap.groups)
    else:
        return None
    if groups.nunique() < 2:
        raise DataError(f"all rows are of one group of {name!r}, so that none can be kept from training")
    return groups
