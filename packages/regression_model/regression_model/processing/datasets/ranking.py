"""The order of values in a column, whatever their type."""

from __future__ import annotations

import numpy as np
import pandas as pd


def rank_values(column: pd.Series) -> np.ndarray:
    """Rank values from 0 upwards, equal values equally, missing ones highest.

    Parameters
    ----------
    column : Series of length n_rows
        As it was read. Texts that are all numbers rank as numbers.

    Returns
    -------
    ndarray of int of shape (n_rows,)
    """
    present = (column.notna() & (column != "")).to_numpy()
    values = column[present]
    if values.dtype == object or isinstance(values.dtype, pd.StringDtype):
        numbers = pd.to_numeric(values, errors="coerce")
        values = numbers if numbers.notna().all() else values.astype(str)
    codes, uniques = pd.factorize(values, sort=True)
    ranks = np.full(len(column), len(uniques), dtype=np.int64)
    ranks[present] = codes
    return ranks
