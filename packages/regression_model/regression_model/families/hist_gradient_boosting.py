"""Gradient boosting over binned columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.families.rounds import RoundsFamily
from regression_model.search_space import Distribution, Real, TableFacts, Value, Whole

_FEW_ROWS = 5_000


class HistGradientBoostingFamily(RoundsFamily):
    """Gradient boosting of trees over histograms (`sklearn.ensemble.HistGradientBoostingRegressor`).

    Missing values may reach it: each split learns where to send them. Columns of ``native_category`` are split by as
    categories, unless they have more of them than ``max_bins``.

    Attributes
    ----------
    loss : {"squared_error", "absolute_error"}, optional
        For regression: what is minimised; by default the squared error.
    learning_rate : float
        Weight of each tree, in (0, 1].
    max_iter : int
        Trees (for each class, if there are more than two).
    max_leaf_nodes : int
        Leaves of a tree, at least 2.
    max_depth : int, optional
        Longest way from the root to a leaf; not limited by default.
    min_samples_leaf : int
        Least number of rows in a leaf.
    l2_regularization : float
        Penalty on the leaves' values, at least 0.
    max_features : float
        Part of the columns, in (0, 1], that is considered at a split.
    max_bins : int
        Bins of a column, in [2, 255].
    early_stopping : bool
        Whether to keep a tenth of the rows aside and to stop when their loss has not fallen for
        ``n_iter_no_change`` trees.
    n_iter_no_change : int
    class_weight : "balanced", optional
        For classification: weigh rows so that all classes weigh the same.
    """

    family: Literal["hist_gradient_boosting"] = "hist_gradient_boosting"
    loss: Literal["squared_error", "absolute_error"] | None = None
    learning_rate: float = Field(default=0.1, gt=0, le=1)
    max_iter: int = Field(default=200, ge=1, le=100_000)
    max_leaf_nodes: int = Field(default=31, ge=2)
    max_depth: int | None = Field(default=None, ge=1)
    min_samples_leaf: int = Field(default=20, ge=1)
    l2_regularization: float = Field(default=0.0, ge=0)
    max_features: float = Field(default=1.0, gt=0, le=1)
    max_bins: int = Field(default=255, ge=2, le=255)
    early_stopping: bool = False
    n_iter_no_change: int = Field(default=10, ge=1)
    class_weight: Literal["balanced"] | None = None

    tasks: ClassVar[tuple[Task, ...]] = ("regression", "classification")
    handles_missing: ClassVar[bool] = True
    rounds: ClassVar[str] = "max_iter"
    loss_key: ClassVar[str] = "loss"
    losses: ClassVar[tuple[str, ...]] = ("absolute_error", "squared_error")
    absolute_error: ClassVar[str] = "absolute_error"

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return good starts; see `Family.portfolio`."""
        few = facts.n_rows < _FEW_ROWS
        if facts.task == "classification":
            classes: dict[str, Value] = {"learning_rate": 0.05, "max_iter": 150, "max_leaf_nodes": 8 if few else 24}
            return cls.arrange([{**classes, "l2_regularization": 1.0, "max_features": 0.5}], facts)
        start: dict[str, Value] = {
            "learning_rate": 0.05 if few else 0.04,
            "max_iter": 400 if few else 600,
            "max_leaf_nodes": 12 if few else 48,
            "min_samples_leaf": 10 if few else 20,
            "l2_regularization": 1.0,
            "max_features": 0.3 if few else 0.4,
        }
        return cls.arrange([start], facts)

    @classmethod
    def space(cls, facts: TableFacts) -> Mapping[str, Distribution]:
        """Return what may be tried; see `Family.space`."""
        classes = facts.task == "classification"
        return {
            "learning_rate": Real(0.02, 0.2, log=True),
            "max_iter": Whole(60, 300, log=True) if classes else Whole(150, 800, log=True),
            "max_leaf_nodes": Whole(4, 63 if facts.n_rows < _FEW_ROWS else 127, log=True),
            "min_samples_leaf": Whole(3, 100, log=True),
            "l2_regularization": Real(1e-3, 30.0, log=True),
            "max_features": Real(0.2, 1.0),
            **cls.choices(facts),
        }

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        if context.coded_categories:
            return self._build_for_categories(context)
        classes = context.task == "classification"
        make = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
        return make(**self.settings(context), categorical_features=None, random_state=context.seed)

    def _build_for_categories(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        from regression_model.families.adapted.category_boosting import (
            CategoryBoostingClassifier,
            CategoryBoostingRegressor,
        )

        make = CategoryBoostingClassifier if context.task == "classification" else CategoryBoostingRegressor
        settings = self.settings(context)
        return make(**settings, categorical_features=list(context.coded_categories), random_state=context.seed)
