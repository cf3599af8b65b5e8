"""A feed-forward neural network, trained by Keras."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError, MissingExtraError
from regression_model.families.class_weights import class_settings
from regression_model.families.network import NetworkFamily
from regression_model.search_space import Distribution, Real, TableFacts


class KerasMLPFamily(NetworkFamily):
    """Multi-layer perceptron with dropout, by Keras 3 on JAX.

    Training needs the extra ``neural``; predicting does not: of the network its weights are kept, no object of Keras.

    Attributes
    ----------
    hidden_layers, activation, alpha, batch_size, epochs, learning_rate, schedule, early_stopping
        See `NetworkFamily`. Here ``alpha`` is 0 by default.
    dropout : float
        Part of the units of each hidden layer, in [0, 0.9], that a step of the training leaves out (Srivastava et
        al. 2014).
    loss : {"squared_error", "absolute_error", "huber"}
        Of a regression, on the scaled target: what is fallen short of, and which epoch is the best.
    """

    family: Literal["keras_mlp"] = "keras_mlp"
    alpha: float = Field(default=0.0, ge=0)
    dropout: float = Field(default=0.0, ge=0, le=0.9)
    loss: Literal["squared_error", "absolute_error", "huber"] = "squared_error"

    extra: ClassVar[str | None] = "neural"

    @classmethod
    def space(cls, facts: TableFacts) -> dict[str, Distribution]:
        """Return what a search may try; see `Family.space`."""
        return {**super().space(facts), "dropout": Real(0.0, 0.4)}

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        from regression_model.families.adapted.keras_network import (
            KerasClassNetwork,
            KerasNumberNetwork,
            import_keras,
        )

        try:
            import_keras()
        except ImportError as error:
            raise MissingExtraError("the model family 'keras_mlp'", "neural") from error
        settings = self.model_dump(exclude={"family", "class_weight", "loss"})
        settings |= class_settings(self.class_weight, context)
        if context.task == "classification":
            if self.loss != "squared_error":
                raise ConfigError("classes are learned by log loss; leave it out", key="model.loss")
            return KerasClassNetwork(**settings, random_state=context.seed)
        return KerasNumberNetwork(**settings, loss=self.loss, random_state=context.seed)
