"""Feed-forward networks: products of matrices, with an activation between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from regression_model.compiled.models.base import Model, Numbers
from regression_model.compiled.models.section import Section, refuse

NO_BOUND = 1e308
"""A bound that no output reaches."""

_MAX_LAYERS = 11
_SCALING = ("centre", "scale", "lowest", "highest")


def _rectify(values: Numbers) -> Numbers:
    return np.maximum(values, 0.0)


ACTIVATIONS: dict[str, Callable[[Numbers], Numbers]] = {"relu": _rectify, "tanh": np.tanh}


@dataclass(frozen=True)
class Scaling:
    """How inputs are scaled: centred, divided, and kept in the range that training has seen.

    Attributes
    ----------
    centre, scale, lowest, highest : ndarray of shape (n_columns,)
    """

    centre: Numbers
    scale: Numbers
    lowest: Numbers
    highest: Numbers

    def apply(self, values: Numbers) -> Numbers:
        """Scale rows of shape (n_rows, n_columns), or one of shape (n_columns,)."""
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is outside of the range, too
            scaled = (values - self.centre) / self.scale
            return np.minimum(np.maximum(scaled, self.lowest), self.highest)


@dataclass(frozen=True)
class Target:
    """How outputs are kept in the range of the scaled target, and scaled back.

    Attributes
    ----------
    offset, factor : float
    lowest, highest : float
    """

    offset: float = 0.0
    factor: float = 1.0
    lowest: float = -NO_BOUND
    highest: float = NO_BOUND

    def apply(self, outputs: Numbers) -> Numbers:
        """Return ``offset + factor * outputs``."""
        return np.asarray(self.offset + self.factor * np.minimum(np.maximum(outputs, self.lowest), self.highest))


class NetworkModel(Model):
    """A network with one hidden layer at least, and linear outputs.

    Parameters
    ----------
    scaling : Scaling
    layers : sequence of pair of ndarray
        For each layer its weights, of shape (n_inputs, n_units), and its biases, of shape (n_units,).
    activation : {"relu", "tanh"}
        Of the hidden layers.
    target : Target, optional
        How outputs become numbers on the target's scale; by default they stay as they are.

    Examples
    --------
    >>> scaling = Scaling(np.array([1.0]), np.array([2.0]), np.array([-1.0]), np.array([1.0]))
    >>> layers = [(np.array([[1.0, -1.0]]), np.zeros(2)), (np.array([[3.0], [4.0]]), np.zeros(1))]
    >>> NetworkModel(scaling, layers, "relu", Target(10.0, 2.0)).predict_row([2.0])  # scaled 0.5; 10 + 2 * 3 * 0.5
    [13.0]
    """

    kind: ClassVar[str] = "network"

    def __init__(
        self,
        scaling: Scaling,
        layers: Sequence[tuple[Numbers, Numbers]],
        activation: str,
        target: Target | None = None,
    ) -> None:
        self.scaling = scaling
        self.layers = list(layers)
        self.activation = activation
        self.target = target or Target()
        self.n_columns = len(layers[0][0])
        self.n_outputs = len(layers[-1][1])

    @classmethod
    def check(cls, section: Section) -> None:
        """Check what the document says; see `Model.check`."""
        cls.read(section)

    @classmethod
    def read(cls, section: Section) -> Self:
        """Make the model; see `Model.read`."""
        n_layers = section.whole("n_layers", maximum=_MAX_LAYERS)
        names = [f"{part}_{number}" for number in range(n_layers) for part in ("weights", "biases")]
        section.check_keys("n_layers", "activation", "target", *_SCALING, *names)
        scaling = Scaling(*(_finite(section, name, 1) for name in _SCALING))
        if any(len(part) != section.n_columns for part in vars(scaling).values()) or not (scaling.scale > 0).all():
            raise refuse(f"a network of {section.n_columns} columns has as many scales, all above 0, and ranges")
        layers = [
            (_finite(section, f"weights_{number}", 2), _finite(section, f"biases_{number}", 1))
            for number in range(n_layers)
        ]
        n_inputs = section.n_columns
        for number, (weights, biases) in enumerate(layers):
            if weights.shape != (n_inputs, len(biases)):
                raise refuse(
                    f"layer {number} of a network has weights of shape {weights.shape}, for {n_inputs} inputs and "
                    f"{len(biases)} biases"
                )
            n_inputs = len(biases)
        activation = section.choice("activation", tuple(ACTIVATIONS))
        target = Target(*section.numbers("target", 4))
        return cls(scaling, layers, activation, target)

    def predict_columns(self, matrix: Numbers) -> Numbers:
        """Compute the outputs of many rows; see `Model.predict_columns`."""
        with np.errstate(over="ignore", invalid="ignore"):  # an infinite output is the caller's to judge
            return self._run(matrix)

    def predict_row(self, values: Sequence[float]) -> list[float]:
        """Compute the outputs of one row; see `Model.predict_row`."""
        outputs: list[float] = self._run(np.array(values, dtype=np.float64)).tolist()
        return outputs

    def _run(self, values: Numbers) -> Numbers:
        values = self.scaling.apply(values)
        activate = ACTIVATIONS[self.activation]
        for weights, biases in self.layers[:-1]:
            values = activate(values @ weights + biases)
        weights, biases = self.layers[-1]
        return self.target.apply(values @ weights + biases)


def _finite(section: Section, key: str, n_dimensions: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    found = section.array(key, np.float64, n_dimensions)
    if not np.isfinite(found).all():
        raise refuse(f"the array of 'model.{key}' has to have finite numbers only")
    return found
