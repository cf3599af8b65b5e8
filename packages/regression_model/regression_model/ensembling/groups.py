"""Tells a stack which rows belong together: as a setting of the fitting, not of the model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

_GROUPS: ContextVar[np.ndarray[Any, Any] | None] = ContextVar("row_groups", default=None)


@contextmanager
def row_groups(groups: Any) -> Iterator[None]:  # noqa: ANN401 - array-like or None
    """Let stacks that are fitted in this context keep the rows of a group in one fold.

    Parameters
    ----------
    groups : array-like of length n_rows, or None
        The group of each row that is learned from; None if rows belong to no groups.
    """
    token = _GROUPS.set(None if groups is None else np.asarray(groups))
    try:
        yield
    finally:
        _GROUPS.reset(token)


def find_row_groups(n_rows: int) -> np.ndarray[Any, Any] | None:
    """Return the group of each row, or None.

    Raises
    ------
    ValueError
        If there are groups of another number of rows.
    """
    groups = _GROUPS.get()
    if groups is not None and len(groups) != n_rows:
        raise ValueError(f"row_groups: expected a group for each of {n_rows} rows, got {len(groups)}")
    return groups
