"""Linear models: exact by themselves."""

from __future__ import annotations

from regression_model.compiled.attribution.base import Attributor, Numbers, Positions
from regression_model.compiled.models.linear import LinearModel


class LinearAttributor(Attributor):
    """Coefficient times the difference to a row of reference.

    The base is the output for that row. For columns that are independent of each other these are the Shapley values
    with respect to it (Lundberg and Lee 2017, "A unified approach to interpreting model predictions", corollary 1).

    Parameters
    ----------
    model : LinearModel
    reference : ndarray of shape (n_columns,)
        The row of reference as it reaches the model.

    Examples
    --------
    >>> import numpy as np
    >>> model = LinearModel([[2.0, 5.0]], [1.0])
    >>> LinearAttributor(model, np.ones(2)).attribute(np.array([[3.0, 0.0]]), np.array([0]))
    (array([8.]), array([[ 4., -5.]]))
    """

    def __init__(self, model: LinearModel, reference: Numbers) -> None:
        self._coefficients = model.coefficients
        self._reference = reference
        self._bases: Numbers = model.intercepts + model.coefficients @ reference

    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output; see `Attributor.attribute`."""
        return self._bases[outputs], self._coefficients[outputs] * (rows - self._reference)
