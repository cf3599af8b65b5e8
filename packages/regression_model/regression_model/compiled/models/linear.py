"""Linear models: linear and logistic regression with any penalty."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import ClassVar, Self

import numpy as np

from regression_model.compiled.models.base import Model, Numbers
from regression_model.compiled.models.section import Section


class LinearModel(Model):
    """Intercept plus coefficients times values.

    Parameters
    ----------
    coefficients : sequence of sequence of float
        For each output one number for each column.
    intercepts : sequence of float
        One for each output.

    Attributes
    ----------
    coefficients : ndarray of shape (n_outputs, n_columns)
    intercepts : ndarray of shape (n_outputs,)

    Examples
    --------
    >>> model = LinearModel([[2.0, -1.0]], [0.5])
    >>> model.predict_row([3.0, 1.0]), model.predict_columns(np.array([[3.0, 1.0], [0.0, 0.0]]))
    ([5.5], array([[5.5], [0.5]]))
    """

    kind: ClassVar[str] = "linear"

    def __init__(self, coefficients: Sequence[Sequence[float]], intercepts: Sequence[float]) -> None:
        self.coefficients: Numbers = np.array(coefficients, dtype=np.float64)
        self.intercepts: Numbers = np.array(intercepts, dtype=np.float64)
        self.n_outputs, self.n_columns = self.coefficients.shape
        self._lines = [([*line], start) for line, start in zip(self.coefficients.tolist(), intercepts, strict=True)]

    @classmethod
    def check(cls, section: Section) -> None:
        """Check what the document says; see `Model.check`."""
        cls.read(section)

    @classmethod
    def read(cls, section: Section) -> Self:
        """Make the model; see `Model.read`."""
        section.check_keys("coefficients", "intercepts")
        intercepts = section.numbers("intercepts")
        return cls(section.table("coefficients", len(intercepts), section.n_columns), intercepts)

    def predict_columns(self, matrix: Numbers) -> Numbers:
        """Compute the outputs of many rows; see `Model.predict_columns`."""
        with np.errstate(over="ignore", invalid="ignore"):  # an infinite output is the caller's to judge
            return np.asarray(matrix @ self.coefficients.T + self.intercepts)

    def predict_row(self, values: Sequence[float]) -> list[float]:
        """Compute the outputs of one row; see `Model.predict_row`."""
        return [sum(map(mul, line, values), start) for line, start in self._lines]
