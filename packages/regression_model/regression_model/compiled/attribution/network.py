"""Feed-forward networks: differences to a row of reference, handed back through the layers."""

from __future__ import annotations

import numpy as np

from regression_model.compiled.attribution.base import Attributor, Numbers, Positions
from regression_model.compiled.models.network import ACTIVATIONS, NetworkModel

_SAME = 1e-12
"""Inputs of a unit that differ by less have the slope of the unit's activation there."""

_MAX_CELLS = 2_000_000
"""Numbers that a layer may hold at once; rows are taken in blocks."""


class NetworkAttributor(Attributor):
    """DeepLIFT with the rescale rule.

    After Shrikumar et al. 2017, "Learning important features through propagating activation differences", section
    3.5.1. The base is the output for the row of reference. What the output differs from it is handed back from layer to
    layer: through weights in proportion to weight times difference, through an activation by the ratio of the
    differences behind and before it. So the contributions add up exactly, at the cost of one pass there and back.

    Parameters
    ----------
    model : NetworkModel
    reference : ndarray of shape (n_columns,)
        The row of reference as it reaches the model.

    Examples
    --------
    >>> from regression_model.compiled.models.network import Scaling
    >>> scaling = Scaling(np.zeros(2), np.ones(2), np.full(2, -9.0), np.full(2, 9.0))
    >>> layers = [(np.array([[1.0], [1.0]]), np.array([-1.0])), (np.array([[4.0]]), np.array([0.5]))]
    >>> model = NetworkModel(scaling, layers, "relu")  # 0.5 + 4 * max(0, first + second - 1)
    >>> NetworkAttributor(model, np.zeros(2)).attribute(np.array([[3.0, 1.0]]), np.array([0]))
    (array([0.5]), array([[9., 3.]]))
    """

    def __init__(self, model: NetworkModel, reference: Numbers) -> None:
        self._model = model
        self._scaled: Numbers = model.scaling.apply(reference[None, :])
        self._before = self._run(self._scaled)
        self._bases: Numbers = model.target.apply(self._before[-1])[0]

    def attribute(self, rows: Numbers, outputs: Positions) -> tuple[Numbers, Numbers]:
        """Split the model's output; see `Attributor.attribute`."""
        widest = max(weights.shape[1] for weights, _ in self._model.layers)
        size = max(1, _MAX_CELLS // max(widest, rows.shape[1]))
        parts = [
            self._attribute_block(rows[first : first + size], outputs[first : first + size])
            for first in range(0, len(rows), size)
        ]
        return self._bases[outputs], np.concatenate(parts) if parts else np.zeros(rows.shape)

    def _attribute_block(self, rows: Numbers, outputs: Positions) -> Numbers:
        layers, target = self._model.layers, self._model.target
        scaled = self._model.scaling.apply(rows)
        before = self._run(scaled)
        chosen = np.arange(len(rows)), outputs
        last, last_of_reference = before[-1][chosen], self._before[-1][0, outputs]
        inside = (last > target.lowest) & (last < target.highest)
        ends = target.apply(last) - target.apply(last_of_reference)
        shares = np.zeros_like(before[-1])
        shares[chosen] = _divide(ends, last - last_of_reference, np.where(inside, target.factor, 0.0))
        for number in range(len(layers) - 1, 0, -1):
            shares = shares @ layers[number][0].T
            shares = shares * self._find_slopes(before[number - 1], self._before[number - 1])
        return np.asarray((shares @ layers[0][0].T) * (scaled - self._scaled))

    def _find_slopes(self, values: Numbers, of_reference: Numbers) -> Numbers:
        """Return for each unit the ratio of the differences behind and before its activation."""
        activate = ACTIVATIONS[self._model.activation]
        ends = activate(values)
        slope = 1.0 - ends**2 if self._model.activation == "tanh" else (values > 0).astype(np.float64)
        return _divide(ends - activate(of_reference), values - of_reference, slope)

    def _run(self, scaled: Numbers) -> list[Numbers]:
        """Return what reaches the units of each layer, before their activation."""
        activate = ACTIVATIONS[self._model.activation]
        before: list[Numbers] = []
        values = scaled
        for weights, biases in self._model.layers:
            before.append(values @ weights + biases)
            values = activate(before[-1])
        return before


def _divide(ends: Numbers, differences: Numbers, slope: Numbers) -> Numbers:
    same = np.abs(differences) < _SAME
    return np.asarray(np.where(same, slope, ends / np.where(same, 1.0, differences)))
