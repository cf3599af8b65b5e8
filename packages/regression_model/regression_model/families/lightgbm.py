"""LightGBM, gradient boosting that grows the leaf that gains most."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.errors import MissingExtraError
from regression_model.families.base import Family
from regression_model.families.class_weights import class_settings


class LightGBMFamily(Family):
    """Gradient boosting by LightGBM (Ke et al. 2017), with the names of its scikit-learn interface.

    Missing values may reach it: each split learns where to send them. Made to give the same model on every
    run (``deterministic``, ``force_row_wise``, one thread), which costs some speed.

    Attributes
    ----------
    n_estimators : int
        Trees (for each class, if there are more than two).
    learning_rate : float
        Weight of each tree, in (0, 1].
    num_leaves : int
        Leaves of a tree, in [2, 131072].
    max_depth : int
        Longest way from the root to a leaf; -1, the default, does not limit it.
    min_child_samples : int
        Least number of rows in a leaf.
    subsample : float
        Part of the rows, in (0, 1], that each tree sees.
    colsample_bytree : float
        Part of the columns, in (0, 1], that each tree sees.
    reg_alpha, reg_lambda : float
        L1 and L2 penalty on the leaves' values, at least 0.
    class_weight : "balanced", optional
        For classification: weigh rows so that all classes weigh the same.
    """

    family: Literal["lightgbm"] = "lightgbm"
    n_estimators: int = Field(default=300, ge=1, le=100_000)
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    num_leaves: int = Field(default=31, ge=2, le=131_072)
    max_depth: int = Field(default=-1, ge=-1)
    min_child_samples: int = Field(default=20, ge=1)
    subsample: float = Field(default=1.0, gt=0, le=1)
    colsample_bytree: float = Field(default=1.0, gt=0, le=1)
    reg_alpha: float = Field(default=0.0, ge=0)
    reg_lambda: float = Field(default=0.0, ge=0)
    class_weight: Literal["balanced"] | None = None

    tasks: ClassVar[tuple[Task, ...]] = ("regression", "classification")
    handles_missing: ClassVar[bool] = True
    extra: ClassVar[str | None] = "lightgbm"

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        try:
            from regression_model.families.adapted.lightgbm_models import (
                LightGBMClassifier,
                LightGBMRegressor,
            )
        except ImportError as error:
            raise MissingExtraError("the model family 'lightgbm'", "lightgbm") from error

        settings = self.model_dump(exclude={"family", "class_weight"})
        settings |= class_settings(self.class_weight, context)
        make = LightGBMClassifier if context.task == "classification" else LightGBMRegressor
        return make(
            **settings,
            subsample_freq=1 if self.subsample < 1 else 0,  # without a frequency LightGBM ignores the fraction
            random_state=context.seed,
            deterministic=True,
            force_row_wise=True,
            n_jobs=1,
            verbose=-1,
        )
