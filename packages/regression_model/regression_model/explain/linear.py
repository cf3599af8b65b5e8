"""Linear models: exact by themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from regression_model.explain.attribution import Attributor, Numbers, Positions


class LinearAttributor(Attributor):
    """Coefficient times the difference to a row of reference.

    The base is the output for that row. For columns that are independent of each other these are the Shapley values
    with respect to it (Lundberg and Lee 2017, "A unified approach to interpreting model predictions", corollary 1).

    Parameters
    ----------
    model : estimator
        Fitted, linear: with ``coef_`` and ``intercept_``.
    reference : ndarray of shape (n_columns,)
        The row of reference as it reaches the model.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> model = LinearRegression().fit([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [1.0, 3.0, 6.0])  # 1 + 2 a + 5 b
    >>> bases, contributions = LinearAttributor(model, np.ones(2)).attribute(np.array([[3.0, 0.0]]), np.array([0]))
    >>> bases.round(9), contributions.round(9)
    (array([8.]), array([[ 4., -5.]]))
    """

    def __init__(self, model: Any, reference: Numbers) -> None:  # noqa: ANN401 - scikit-learn has no type for it
        self._coefficients: Numbers = np.atleast_2d(np.asarray(model.coef_, dtype=np.float64))
        intercepts = np.broadcast_to(np.asarray(model.intercept_, dtype=np.float64), len(self._coefficients))
        self._reference = reference
        self._bases: Numbers = intercepts + self._coefficients @ reference

    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output; see `Attributor.attribute`."""
        return self._bases[outputs], self._coefficients[outputs] * (rows - self._reference)
