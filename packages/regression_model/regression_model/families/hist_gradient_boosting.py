"""Gradient boosting over binned columns."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.families.base import Family
from regression_model.families.class_weights import class_settings


class HistGradientBoostingFamily(Family):
    """Gradient boosting of trees over histograms (`sklearn.ensemble.HistGradientBoostingRegressor`).

    Missing values may reach it: each split learns where to send them.

    Attributes
    ----------
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

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        settings = self.model_dump(exclude={"family", "class_weight"})
        settings |= class_settings(self.class_weight, context)
        classes = context.task == "classification"
        make = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
        return make(**settings, categorical_features=None, random_state=context.seed)
