"""Tells whatever is fitted which rows belong together: as a setting of the fitting, not of the model.

Whoever divides the rows that it learns from (a stack, a transformer that cross-fits, a network that keeps rows aside)
asks here, and keeps the rows of a group on one side.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

_GROUPS: ContextVar[np.ndarray[Any, Any] | None] = ContextVar("row_groups", default=None)


@contextmanager
def row_groups(groups: Any) -> Iterator[None]:  # noqa: ANN401 - array-like or None
    """Let what is fitted in this context keep the rows of a group together.

    Parameters
    ----------
    groups : array-like of length n_rows, or None
        The group of each row that is learned from; None if rows belong to no groups.

    Examples
    --------
    >>> with row_groups(["b", "a", "b"]):
    ...     find_row_groups(3).tolist()
    [1, 0, 1]
    """
    codes = None if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    token = _GROUPS.set(codes)
    try:
        yield
    finally:
        _GROUPS.reset(token)


def find_row_groups(n_rows: int) -> np.ndarray[Any, np.dtype[np.intp]] | None:
    """Return the group of each row, or None.

    Parameters
    ----------
    n_rows : int
        How many rows are learned from.

    Returns
    -------
    ndarray of shape (n_rows,), or None
        Numbers from 0, in ascending order of the groups' names; None if there are no groups.

    Raises
    ------
    ValueError
        If there are groups of another number of rows.
    """
    groups = _GROUPS.get()
    if groups is not None and len(groups) != n_rows:
        raise ValueError(f"row_groups: expected a group for each of {n_rows} rows, got {len(groups)}")
    return groups
