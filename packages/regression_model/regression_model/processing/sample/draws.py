"""Seeded random draws that come out the same on every system and with every release of numpy.

NumPy promises to keep the stream of a *bit generator*, not that of `Generator.normal` or
`Generator.choice` (NEP 19). So everything here is made from the raw 64-bit output of PCG64: a
uniform number from its upper 52 bits, the rest by inverting a distribution function.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Columns = dict[str, Column]
Weights = Mapping[Any, float]

_STANDARD_NORMAL = NormalDist()


class Draws:
    """One independent stream of random numbers for each label.

    A column's numbers depend on the seed and its label only: adding a column leaves the others as
    they were, and the first rows do not depend on how many follow.

    Parameters
    ----------
    seed : int
        At least 0.
    n_rows : int
        How many numbers each draw gives, at least 1.

    Examples
    --------
    >>> draws = Draws(seed=1, n_rows=4)
    >>> draws.choice("colour", {"red": 9, "blue": 1}).tolist()
    ['red', 'blue', 'red', 'red']
    >>> draws.uniform("colour")
    Traceback (most recent call last):
    ...
    ValueError: the stream 'colour' was drawn from already: choose another label
    """

    def __init__(self, seed: int, n_rows: int) -> None:
        self.seed = seed
        self.n_rows = n_rows
        self._used: set[str] = set()

    def uniform(self, label: str) -> Column:
        """Draw numbers between 0 and 1, never 0 or 1 themselves; shape ``(n_rows,)``."""
        if label in self._used:
            raise ValueError(f"the stream {label!r} was drawn from already: choose another label")
        self._used.add(label)
        raw = np.random.PCG64([self.seed, crc32(label.encode())]).random_raw(self.n_rows)
        upper_bits = (raw >> np.uint64(12)).astype(np.float64)
        return np.asarray((upper_bits + 0.5) * 2.0**-52)

    def normal(self, label: str) -> Column:
        """Draw from the normal distribution of mean 0 and standard deviation 1; shape ``(n_rows,)``."""
        return np.array([_STANDARD_NORMAL.inv_cdf(number) for number in self.uniform(label).tolist()])

    def chance(self, label: str, probability: float | Column) -> Column:
        """Draw True with a probability, one for all rows or one for each; shape ``(n_rows,)``."""
        return np.asarray(self.uniform(label) < probability)

    def choice(self, label: str, weights: Weights) -> Column:
        """Draw from the keys of `weights`, in proportion to their values; shape ``(n_rows,)``."""
        return _pick(self.uniform(label), weights)

    def choice_by(self, label: str, groups: Column, tables: Mapping[str, Weights]) -> Column:
        """Draw from the table that each row's group has; shape ``(n_rows,)``."""
        numbers = self.uniform(label)
        drawn = np.empty(self.n_rows, dtype=object)
        for group, weights in tables.items():
            rows = groups == group
            drawn[rows] = _pick(numbers[rows], weights)
        return drawn


def _pick(numbers: Column, weights: Weights) -> Column:
    upper_ends = np.cumsum(np.array(list(weights.values()), dtype=np.float64))
    places = np.searchsorted(upper_ends / upper_ends[-1], numbers)
    keys = np.empty(len(weights), dtype=object)
    keys[:] = list(weights)
    return np.asarray(keys[places])


def grade(score: Column, steps: Mapping[str, float]) -> Column:
    """Turn a score into a label: the last one whose lower end the score reaches.

    Parameters
    ----------
    score : numpy.ndarray of shape (n_rows,)
        Any numbers.
    steps : mapping of str to float
        Label to its lower end, rising; the first label also takes everything below its end.

    Returns
    -------
    numpy.ndarray of shape (n_rows,)
        Labels, dtype object.

    Examples
    --------
    >>> grade(np.array([1.0, 5.0, 9.0]), {"Fa": 0, "TA": 4, "Gd": 7}).tolist()
    ['Fa', 'TA', 'Gd']
    """
    labels = np.array(list(steps), dtype=object)
    lower_ends = np.array(list(steps.values()), dtype=np.float64)
    return np.asarray(labels[np.searchsorted(lower_ends[1:], score, side="right")])


def whole(values: Column, lowest: float | Column = -np.inf, highest: float | Column = np.inf) -> Column:
    """Round to whole numbers within limits; shape and order stay, dtype int64."""
    return np.asarray(np.rint(np.clip(values, lowest, highest)), dtype=np.int64)
