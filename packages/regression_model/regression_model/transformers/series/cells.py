"""The measurements of one cell, as what computes features takes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Series = npt.NDArray[np.float64]


def fill_series(cell: Any) -> Series | None:  # noqa: ANN401 - whatever a column of series holds
    """Return the measurements of a series without gaps.

    A missing measurement lies on the line between its neighbours; before the first known one and behind the last, it
    equals that one.

    Parameters
    ----------
    cell : tuple of float, or None

    Returns
    -------
    ndarray of shape (n_measurements,), or None
        None for a missing series.

    Raises
    ------
    ValueError
        If the cell holds something else.

    Examples
    --------
    >>> fill_series((float("nan"), 1.0, float("nan"), 3.0))
    array([1., 1., 2., 3.])
    """
    if cell is None:
        return None
    if not isinstance(cell, tuple):
        raise ValueError(f"expected a series as a tuple of numbers, got {type(cell).__name__}")
    values = np.asarray(cell, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(values))
    if not known.size:
        return None
    return values if known.size == values.size else np.interp(np.arange(values.size), known, values[known])
