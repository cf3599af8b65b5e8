"""Which rows hang together."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

MOST_LINKS = 50
"""Of one row: what it hangs together with anyway is not linked to it beyond these."""


class Links:
    """Pairs of rows, and the groups that they make.

    Parameters
    ----------
    n_rows : int

    Attributes
    ----------
    shares : dict of (int, int) to float
        What was said of each pair, the lesser row first.

    Examples
    --------
    >>> links = Links(4)
    >>> links.add(3, 1, 0.5)
    >>> links.number_groups()
    array([0, 1, 2, 1])
    """

    def __init__(self, n_rows: int) -> None:
        self.shares: dict[tuple[int, int], float] = {}
        self._parents = list(range(n_rows))
        self._counts: Counter[int] = Counter()

    def add(self, row: int, other: int, share: float) -> None:
        """Link two rows; of a pair that is linked more than once, the greatest share counts."""
        low, high = sorted((self._find(row), self._find(other)))
        self._parents[high] = low
        pair = min(row, other), max(row, other)
        if pair not in self.shares:
            self._counts.update(pair)
        self.shares[pair] = max(share, self.shares.get(pair, 0.0))

    def is_enough(self, row: int, other: int) -> bool:
        """Say whether two rows hang together, and the first has so many links that one more tells nothing."""
        return self._counts[row] >= MOST_LINKS and self._find(row) == self._find(other)

    def number_groups(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        """Give each row the number of the first one that it hangs together with."""
        return np.array([self._find(row) for row in range(len(self._parents))], dtype=np.intp)

    def _find(self, row: int) -> int:
        parents = self._parents
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row
