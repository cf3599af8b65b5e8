"""Networks that scikit-learn trains."""

from __future__ import annotations

from typing import Any

import numpy as np

from regression_model.families.adapted.network import Batch, ClassNetwork, Layers, Network, NumberNetwork, Trainer
from regression_model.ignored_warnings import ignore_warnings


class SklearnTrainer(Trainer):
    """`sklearn.neural_network.MLPRegressor` or ``MLPClassifier``, by ``partial_fit``.

    Parameters
    ----------
    network : Network
        Whose hyperparameters count.
    alpha : float
        Weight of the L2 penalty.
    n_classes : int
        0 for a regression.
    """

    def __init__(self, network: Network, alpha: float, n_classes: int) -> None:
        from sklearn.neural_network import MLPClassifier, MLPRegressor

        settings: dict[str, Any] = {
            "hidden_layer_sizes": tuple(network.hidden_layers),
            "activation": network.activation,
            "alpha": alpha,
            "batch_size": network.batch_size,
            "learning_rate_init": network.learning_rate,
            # An object, not a number: each epoch goes on drawing where the one before has stopped.
            "random_state": np.random.RandomState(network.random_state),
        }
        self._classes = np.arange(n_classes) if n_classes else None
        self._model = MLPClassifier(**settings) if n_classes else MLPRegressor(**settings)

    def run_epoch(self, rows: Batch, learning_rate: float) -> None:
        """Show the network all rows once; see `Trainer.run_epoch`."""
        optimiser = getattr(self._model, "_optimizer", None)
        if optimiser is not None:  # it reads this at each step, and there is no public way to a schedule of Adam's
            optimiser.learning_rate_init = learning_rate
        else:
            self._model.set_params(learning_rate_init=learning_rate)
        classes = {} if self._classes is None else {"classes": self._classes}
        with ignore_warnings("Got `batch_size` less than 1 or larger"):  # of few rows: all
            self._model.partial_fit(rows.inputs, rows.target, sample_weight=rows.weights, **classes)

    def layers(self) -> Layers:
        """Return the weights; see `Trainer.layers`."""
        pairs = zip(self._model.coefs_, self._model.intercepts_, strict=True)
        return [(weights.astype(np.float64), biases.astype(np.float64)) for weights, biases in pairs]


class SklearnNumberNetwork(NumberNetwork):
    """A regression by scikit-learn's network; for the parameters see `regression_model.families.mlp.MLPFamily`."""

    def __init__(  # noqa: PLR0913 - scikit-learn reads the parameters here
        self,
        *,
        hidden_layers: tuple[int, ...] = (64, 32),
        activation: str = "relu",
        alpha: float = 1e-4,
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
        self.batch_size = batch_size
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state

    def _start(self, n_outputs: int) -> Trainer:
        del n_outputs
        return SklearnTrainer(self, self.alpha, 0)


class SklearnClassNetwork(ClassNetwork):
    """A classification by scikit-learn's network; see `SklearnNumberNetwork`."""

    def __init__(  # noqa: PLR0913 - scikit-learn reads the parameters here
        self,
        *,
        hidden_layers: tuple[int, ...] = (64, 32),
        activation: str = "relu",
        alpha: float = 1e-4,
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
        del n_outputs
        return SklearnTrainer(self, self.alpha, len(self.classes_))
