"""Keeps the errors of rows short: with many features, they would outweigh everything else in an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MAX_ROW_ERRORS = 10
"""Errors that are listed for one row among several. A row that comes alone has all of its errors."""
MORE_ERRORS = "more_errors"
"""Reason of the entry that says how many were left out."""


def list_errors(
    errors: Mapping[int, Sequence[dict[str, Any]]], *, first_row: int, is_alone: bool
) -> dict[str, list[dict[str, Any]]]:
    """List the errors of rows as answers have them.

    Parameters
    ----------
    errors : mapping of int to sequence of dict
        By position of the row, counted from 0.
    first_row : int
        What to add to these positions.
    is_alone : bool
        Whether the request holds one row only, all of whose errors are listed.

    Returns
    -------
    dict
        The positions as text; of each row, at most `MAX_ROW_ERRORS` errors and an entry that counts the rest.

    Examples
    --------
    >>> found = {1: [{"field": str(number)} for number in range(12)]}
    >>> listed = list_errors(found, first_row=500, is_alone=False)
    >>> len(listed["501"]), listed["501"][-1]["message"]
    (11, '2 more errors of this row are not listed')
    """
    return {str(first_row + row): list(found) if is_alone else _shorten(found) for row, found in errors.items()}


def _shorten(errors: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    n_more = len(errors) - MAX_ROW_ERRORS
    if n_more <= 0:
        return list(errors)
    message = f"{n_more} more error{'s' * (n_more > 1)} of this row {'are' if n_more > 1 else 'is'} not listed"
    return [
        *errors[:MAX_ROW_ERRORS],
        {"field": None, "reason": MORE_ERRORS, "message": message, "expected": "a row with fewer errors"},
    ]
