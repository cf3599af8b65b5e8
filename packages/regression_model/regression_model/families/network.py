"""What feed-forward networks have in common, whichever library trains them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from regression_model.build_context import BuildContext, Task
from regression_model.families.class_weights import arrange_weights, may_balance
from regression_model.families.intervals import IntervalFamily, Watch
from regression_model.search_space import Choice, Distribution, Real, TableFacts, Value


def _as_layers(value: object) -> object:
    """Let ``64, 32`` stand for a list, so that a search can choose among lists as it does among words."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


Layers = Annotated[
    tuple[Annotated[int, Field(ge=1, le=8192)], ...], BeforeValidator(_as_layers), Field(min_length=1, max_length=10)
]


class NetworkFamily(IntervalFamily):
    """A feed-forward network, sound on raw tables.

    Inputs and target are scaled inside the estimator, and an input outside of what training has seen counts as the
    nearest value that it has seen, as does a number that it predicts. Needs filled columns.

    Attributes
    ----------
    hidden_layers : list of int
        Units of each hidden layer, each in [1, 8192]; also as text, ``64, 32``.
    activation : {"relu", "tanh"}
    alpha : float
        Weight of the L2 penalty, at least 0.
    batch_size : int
        Rows for each step of the gradient, at least 1.
    epochs : int
        How often at most all rows are seen.
    learning_rate : float
        Of Adam (Kingma and Ba 2015), in (0, 1].
    schedule : {"cosine", "constant"}
        ``cosine``: the learning rate falls to nearly zero until the last epoch.
    early_stopping : bool
        Whether to keep some rows aside, drawn by the seed, to stop when their loss has not fallen for
        ``n_iter_no_change`` epochs, and to return to the best epoch.
    validation_fraction : float
        Part of the rows that is kept aside, in (0, 0.5].
    n_iter_no_change : int
    class_weight : "balanced", optional
        For classification: weigh rows so that all classes weigh the same.
    """

    hidden_layers: Layers = (64, 32)
    activation: Literal["relu", "tanh"] = "relu"
    alpha: float = Field(default=1e-4, ge=0)
    batch_size: int = Field(default=64, ge=1)
    epochs: int = Field(default=100, ge=1, le=100_000)
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    schedule: Literal["cosine", "constant"] = "cosine"
    early_stopping: bool = True
    validation_fraction: float = Field(default=0.1, gt=0, le=0.5)
    n_iter_no_change: int = Field(default=15, ge=1)
    class_weight: Literal["balanced"] | None = None

    tasks: ClassVar[tuple[Task, ...]] = ("regression", "classification")
    scale_sensitive: ClassVar[bool] = True
    interval_unit: ClassVar[str] = "epoch"

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return starts of three sizes; see `Family.portfolio`."""
        batch = _find_batch(facts)
        middle: dict[str, Value] = {
            "hidden_layers": "128, 64",
            "batch_size": batch,
            "epochs": 60,
            "learning_rate": 0.003,
        }
        small: dict[str, Value] = {
            "hidden_layers": "64, 32",
            "batch_size": batch,
            "epochs": 80,
            "learning_rate": 0.002,
            "alpha": 0.01,
        }
        large: dict[str, Value] = {
            "hidden_layers": "256, 128, 64",
            "batch_size": batch,
            "epochs": 40,
            "learning_rate": 0.002,
        }
        starts: tuple[dict[str, Value], ...] = (middle, small, {**large, "alpha": 0.001})
        return arrange_weights(starts, facts)

    @classmethod
    def space(cls, facts: TableFacts) -> dict[str, Distribution]:
        """Return what a search may try; see `Family.space`."""
        batch = _find_batch(facts)
        found: dict[str, Distribution] = {
            "hidden_layers": Choice(("32, 16", "64, 32", "128, 64", "128, 128", "256, 128", "256, 128, 64")),
            "activation": Choice(("relu", "tanh")),
            "alpha": Real(1e-6, 0.1, log=True),
            "batch_size": Choice((batch // 2, batch, batch * 2)),
            "epochs": Choice((30, 60, 100)),
            "learning_rate": Real(5e-4, 0.01, log=True),
        }
        if may_balance(facts):
            found["class_weight"] = Choice((None, "balanced"))
        return found

    def fit_intervals(
        self,
        context: BuildContext,
        rows: Any,  # noqa: ANN401 - scikit-learn has no types
        target: Any,  # noqa: ANN401 - scikit-learn has no types
        watched: Any,  # noqa: ANN401 - scikit-learn has no types
        watch: Watch,
    ) -> Any:  # noqa: ANN401 - scikit-learn has no types
        """Fit an epoch at a time; see `IntervalFamily.fit_intervals`."""
        return self.build(context).fit_epochs(rows, target, np.asarray(watched), watch)

    @abstractmethod
    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""


def _find_batch(facts: TableFacts) -> int:
    """Of few rows small batches, so that there are some steps in each epoch; of many larger ones, for speed."""
    return 32 if facts.n_rows < 5_000 else 64 if facts.n_rows < 30_000 else 256
