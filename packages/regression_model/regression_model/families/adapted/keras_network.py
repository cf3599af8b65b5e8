"""Networks that Keras trains, by JAX on the processor.

A network is the same on every run: its random numbers come from the seed, and JAX is held to one thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from regression_model.families.adapted.network import Batch, ClassNetwork, Layers, NumberNetwork, Trainer

Loss = Callable[[Any, Any], Any]


def import_keras() -> Any:  # noqa: ANN401 - a module
    """Import Keras with JAX on the processor.

    Raises
    ------
    ImportError
        If one of them is not installed.
    """
    # Both read the environment once, when they are imported; neither has another way to be told in time.
    variables = os.environ  # noqa: TID251 - written, not read
    variables["KERAS_BACKEND"] = "jax"
    variables["JAX_PLATFORMS"] = "cpu"
    variables["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    import jax  # noqa: F401 - the first to be imported, so that it is missed by its own name
    import keras

    return keras


class KerasTrainer(Trainer):
    """A sequence of dense layers, each hidden one with dropout behind it.

    An epoch is one call into compiled code. Rows beyond its last full batch are left out of it; they are others in
    each epoch.

    Parameters
    ----------
    network : KerasNumberNetwork or KerasClassNetwork
        Whose hyperparameters count.
    n_inputs, n_outputs : int
    loss : callable
        From outputs of shape (n_rows, n_outputs) and the target to the loss of each row.
    """

    def __init__(self, network: Any, n_inputs: int, n_outputs: int, loss: Loss) -> None:  # noqa: ANN401 - either of two
        keras = import_keras()
        self._draw = np.random.default_rng(network.random_state)
        self._model = keras.Sequential([keras.layers.Input((n_inputs,))])
        kind = "HeNormal" if network.activation == "relu" else "GlorotUniform"
        for units in network.hidden_layers:
            self._model.add(self._build_dense(units, network.activation, kind))
            if network.dropout:
                self._model.add(keras.layers.Dropout(network.dropout, seed=self._draw_seed()))
        self._model.add(self._build_dense(n_outputs, None, "GlorotUniform"))
        self._optimiser = keras.optimizers.Adam(network.learning_rate)
        self._optimiser.build(self._model.trainable_variables)
        self._batch_size = network.batch_size
        self._run = _compile_epoch(self._model, self._optimiser, loss, network.alpha)

    def _draw_seed(self) -> int:
        return int(self._draw.integers(2**31))

    def _build_dense(self, units: int, activation: str | None, kind: str) -> Any:  # noqa: ANN401 - Keras has no types
        keras = import_keras()
        start = getattr(keras.initializers, kind)(seed=self._draw_seed())
        return keras.layers.Dense(units, activation=activation, kernel_initializer=start)

    def run_epoch(self, rows: Batch, learning_rate: float) -> None:
        """Show the network all rows once; see `Trainer.run_epoch`."""
        n_rows = len(rows.inputs)
        batch_size = min(self._batch_size, n_rows)
        order = self._draw.permutation(n_rows)[: n_rows // batch_size * batch_size].reshape(-1, batch_size)
        weights = np.ones(n_rows, dtype=np.float32) if rows.weights is None else rows.weights
        self._optimiser.learning_rate = learning_rate
        held = (self._model.trainable_variables, self._model.non_trainable_variables, self._optimiser.variables)
        values = [[variable.value for variable in part] for part in held]
        after = self._run(values, rows.inputs[order], rows.target[order], weights[order])
        for variables, part in zip(held, after, strict=True):
            for variable, value in zip(variables, part, strict=True):
                variable.assign(value)

    def layers(self) -> Layers:
        """Return the weights; see `Trainer.layers`."""
        dense = [layer for layer in self._model.layers if hasattr(layer, "kernel")]
        return [(_read(layer.kernel), _read(layer.bias)) for layer in dense]


def _read(variable: Any) -> np.ndarray[Any, np.dtype[np.float64]]:  # noqa: ANN401 - Keras has no types
    return np.array(variable.value, dtype=np.float64)


def _compile_epoch(model: Any, optimiser: Any, loss: Loss, alpha: float) -> Any:  # noqa: ANN401 - Keras has no types
    """Make a function from the values of all variables and the batches of an epoch to the values after it."""
    import jax

    def measure(trainable: Any, other: Any, batch: Any) -> Any:  # noqa: ANN401 - JAX's arrays
        inputs, target, weights = batch
        outputs, other = model.stateless_call(trainable, other, inputs, training=True)
        penalty = sum((value**2).sum() for value in trainable if value.ndim > 1)  # of weights, not of biases
        return (loss(outputs, target) * weights).mean() + alpha * penalty, other

    def step(values: Any, batch: Any) -> Any:  # noqa: ANN401 - JAX's arrays
        trainable, other, state = values
        (_, other), gradients = jax.value_and_grad(measure, has_aux=True)(trainable, other, batch)
        trainable, state = optimiser.stateless_apply(state, gradients, trainable)
        return [list(trainable), list(other), list(state)], None

    @jax.jit
    def run(values: Any, inputs: Any, target: Any, weights: Any) -> Any:  # noqa: ANN401 - JAX's arrays
        return jax.lax.scan(step, values, (inputs, target, weights))[0]

    return run


class KerasNumberNetwork(NumberNetwork):
    """A regression by Keras; for the parameters see `regression_model.families.keras_mlp.KerasMLPFamily`."""

    def __init__(  # noqa: PLR0913 - scikit-learn reads the parameters here
        self,
        *,
        hidden_layers: tuple[int, ...] = (64, 32),
        activation: str = "relu",
        alpha: float = 0.0,
        dropout: float = 0.0,
        loss: str | None = None,
        batch_size: int = 64,
        epochs: int = 100,
        learning_rate: float = 1e-3,
        schedule: str = "cosine",
        early_stopping: bool = True,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 15,
        random_state: int = 0,
    ) -> None:
        self.hidden_layers = hidden_layers
        self.activation = activation
        self.alpha = alpha
        self.dropout = dropout
        self.loss = loss
        self.batch_size = batch_size
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state

    def _start(self, n_outputs: int) -> Trainer:
        def find_loss(outputs: Any, target: Any) -> Any:  # noqa: ANN401 - JAX's arrays
            errors = outputs[:, 0] - target
            return abs(errors) if self.loss == "absolute_error" else errors**2

        return KerasTrainer(self, self.n_features_in_, n_outputs, find_loss)


class KerasClassNetwork(ClassNetwork):
    """A classification by Keras; see `KerasNumberNetwork`."""

    def __init__(  # noqa: PLR0913 - scikit-learn reads the parameters here
        self,
        *,
        hidden_layers: tuple[int, ...] = (64, 32),
        activation: str = "relu",
        alpha: float = 0.0,
        dropout: float = 0.0,
        batch_size: int = 64,
        epochs: int = 100,
        learning_rate: float = 1e-3,
        schedule: str = "cosine",
        early_stopping: bool = True,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 15,
        class_weight: str | None = None,
        random_state: int = 0,
    ) -> None:
        self.hidden_layers = hidden_layers
        self.activation = activation
        self.alpha = alpha
        self.dropout = dropout
        self.batch_size = batch_size
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.class_weight = class_weight
        self.random_state = random_state

    def _start(self, n_outputs: int) -> Trainer:
        import_keras()
        import jax

        def find_loss(outputs: Any, target: Any) -> Any:  # noqa: ANN401 - JAX's arrays
            if n_outputs == 1:  # of logits, in the form that never overflows
                return jax.nn.softplus(outputs[:, 0]) - target * outputs[:, 0]
            return -(jax.nn.log_softmax(outputs) * jax.nn.one_hot(target, n_outputs)).sum(axis=1)

        return KerasTrainer(self, self.n_features_in_, n_outputs, find_loss)
