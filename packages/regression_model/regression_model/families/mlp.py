"""A feed-forward neural network, trained by scikit-learn."""

from __future__ import annotations

from typing import Any, Literal

from regression_model.build_context import BuildContext
from regression_model.families.class_weights import class_settings
from regression_model.families.network import NetworkFamily


class MLPFamily(NetworkFamily):
    """Multi-layer perceptron (`sklearn.neural_network.MLPRegressor`, ``MLPClassifier``).

    Attributes
    ----------
    hidden_layers, activation, alpha, batch_size, epochs, learning_rate, schedule, early_stopping
        See `NetworkFamily`.
    """

    family: Literal["mlp"] = "mlp"

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        from regression_model.families.adapted.sklearn_network import SklearnClassNetwork, SklearnNumberNetwork

        settings = self.model_dump(exclude={"family", "class_weight"})
        settings |= class_settings(self.class_weight, context)
        make = SklearnClassNetwork if context.task == "classification" else SklearnNumberNetwork
        return make(**settings, random_state=context.seed)
