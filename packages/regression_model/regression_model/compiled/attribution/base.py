"""What every way of attributing a model's output to its columns has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Positions = np.ndarray[Any, np.dtype[np.intp]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


class Attributor(ABC):
    """Splits the output of a fitted model into a base and a part for each column that reaches the model.

    A model has one output or, with more than two classes, one for each class. Made once for a model and used for
    many rows, by several threads at once: nothing changes after ``__init__``.
    """

    @abstractmethod
    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output for each row.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, n_columns)
            As they reach the model, NaN where missing.
        outputs : ndarray of int of shape (n_rows,)
            Which output of the model is wanted for each row, counted from 0.

        Returns
        -------
        bases : ndarray of shape (n_rows,)
        contributions : ndarray of shape (n_rows, n_columns)
            The sum of a row's contributions and its base is the model's output for it.
        """
