"""A feed-forward neural network, trained by Keras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.errors import MissingExtraError
from regression_model.families.class_weights import class_settings
from regression_model.families.losses import loss_settings, wants_absolute_error
from regression_model.families.network import NetworkFamily
from regression_model.search_space import Choice, Distribution, Real, TableFacts, Value


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
    loss : {"squared_error", "absolute_error"}, optional
        Of a regression, on the scaled target: what is made small, and says which epoch is the best. By default
        squared errors.
    """

    family: Literal["keras_mlp"] = "keras_mlp"
    alpha: float = Field(default=0.0, ge=0)
    dropout: float = Field(default=0.0, ge=0, le=0.9)
    loss: Literal["squared_error", "absolute_error"] | None = None

    extra: ClassVar[str | None] = "neural"

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return one start, since compiling a network takes seconds; see `Family.portfolio`."""
        loss: dict[str, Value] = {"loss": "absolute_error"} if wants_absolute_error(facts) else {}
        return ({**super().portfolio(facts)[0], "dropout": 0.1, **loss},)

    @classmethod
    def space(cls, facts: TableFacts) -> dict[str, Distribution]:
        """Return what a search may try; see `Family.space`."""
        found = {**super().space(facts), "dropout": Real(0.0, 0.4)}
        if wants_absolute_error(facts):
            found["loss"] = Choice(("absolute_error", "squared_error"))
        return found

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
        settings |= loss_settings("loss", self.loss, context)
        make = KerasClassNetwork if context.task == "classification" else KerasNumberNetwork
        return make(**settings, random_state=context.seed)
