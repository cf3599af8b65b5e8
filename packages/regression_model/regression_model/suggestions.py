"""Finds the known word that an unknown one was probably meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def suggest(word: str, known: Sequence[str]) -> str:
    """Say which known word was probably meant.

    Parameters
    ----------
    word : str
        What was found.
    known : sequence of str
        What would have been understood.

    Returns
    -------
    str
        ``" (did you mean 'x'?)"``, or an empty string where nothing is near.

    Examples
    --------
    >>> suggest("alhpa", ["alpha", "max_iter"])
    " (did you mean 'alpha'?)"
    >>> suggest("zzz", ["alpha"])
    ''
    """
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""
