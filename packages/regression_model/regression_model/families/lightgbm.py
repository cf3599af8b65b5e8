"""LightGBM, gradient boosting that grows the leaf that gains most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.errors import MissingExtraError
from regression_model.families.rounds import RoundsFamily
from regression_model.search_space import Choice, Distribution, Real, TableFacts, Value, Whole

_FEW_ROWS = 5_000
_FOR_MANY_ROWS: tuple[dict[str, Value], ...] = (
    {
        "n_estimators": 1_200,
        "learning_rate": 0.03,
        "num_leaves": 63,
        "min_child_samples": 15,
        "subsample": 0.8,
        "colsample_bytree": 0.4,
    },
    {
        "n_estimators": 800,
        "learning_rate": 0.04,
        "num_leaves": 48,
        "min_child_samples": 10,
        "subsample": 0.8,
        "colsample_bynode": 0.5,
        "extra_trees": True,
    },
)
_FOR_FEW_ROWS: tuple[dict[str, Value], ...] = (
    {
        "n_estimators": 1_200,
        "learning_rate": 0.02,
        "num_leaves": 8,
        "min_child_samples": 5,
        "subsample": 0.6,
        "colsample_bytree": 0.2,
        "reg_lambda": 1.0,
    },
    {
        "n_estimators": 400,
        "learning_rate": 0.04,
        "num_leaves": 20,
        "min_child_samples": 10,
        "subsample": 0.8,
        "colsample_bytree": 0.5,
    },
)
_FOR_CLASSES: tuple[dict[str, Value], ...] = (
    {
        "n_estimators": 250,
        "learning_rate": 0.03,
        "num_leaves": 24,
        "subsample": 0.8,
        "colsample_bynode": 0.6,
    },
    {
        "n_estimators": 150,
        "learning_rate": 0.05,
        "num_leaves": 12,
        "min_child_samples": 30,
        "subsample": 0.8,
        "colsample_bytree": 0.8,
        "reg_lambda": 5.0,
    },
)
_FOR_CLASSES_OF_FEW_ROWS: tuple[dict[str, Value], ...] = (
    {
        "n_estimators": 200,
        "learning_rate": 0.04,
        "num_leaves": 10,
        "min_child_samples": 8,
        "subsample": 0.8,
        "colsample_bytree": 0.4,
        "reg_lambda": 1.0,
    },
    {
        "n_estimators": 120,
        "learning_rate": 0.04,
        "num_leaves": 6,
        "subsample": 0.8,
        "colsample_bytree": 0.7,
    },
)


class LightGBMFamily(RoundsFamily):
    """Gradient boosting by LightGBM (Ke et al. 2017), with the names of its scikit-learn interface.

    Missing values may reach it: each split learns where to send them. Columns of ``native_category`` are split by as
    categories. Made to give the same model on every
    run (``deterministic``, ``force_row_wise``, one thread), which costs some speed.

    Attributes
    ----------
    objective : {"regression", "regression_l1"}, optional
        For regression: what is minimised, the squared error (the default) or the absolute error.
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
    colsample_bytree, colsample_bynode : float
        Part of the columns, in (0, 1], that each tree sees, and of these each split.
    reg_alpha, reg_lambda : float
        L1 and L2 penalty on the leaves' values, at least 0.
    max_bin : int
        Bins of a column, in [2, 65535].
    extra_trees : bool
        Whether the threshold of each column at a split is drawn by chance.
    class_weight : "balanced", optional
        For classification: weigh rows so that all classes weigh the same.
    """

    family: Literal["lightgbm"] = "lightgbm"
    objective: Literal["regression", "regression_l1"] | None = None
    n_estimators: int = Field(default=300, ge=1, le=100_000)
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    num_leaves: int = Field(default=31, ge=2, le=131_072)
    max_depth: int = Field(default=-1, ge=-1)
    min_child_samples: int = Field(default=20, ge=1)
    subsample: float = Field(default=1.0, gt=0, le=1)
    colsample_bytree: float = Field(default=1.0, gt=0, le=1)
    colsample_bynode: float = Field(default=1.0, gt=0, le=1)
    reg_alpha: float = Field(default=0.0, ge=0)
    reg_lambda: float = Field(default=0.0, ge=0)
    max_bin: int = Field(default=255, ge=2, le=65_535)
    extra_trees: bool = False
    class_weight: Literal["balanced"] | None = None

    tasks: ClassVar[tuple[Task, ...]] = ("regression", "classification")
    handles_missing: ClassVar[bool] = True
    losses: ClassVar[tuple[str, ...]] = ("regression_l1", "regression")
    absolute_error: ClassVar[str] = "regression_l1"
    extra: ClassVar[str | None] = "lightgbm"

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return good starts; see `Family.portfolio`."""
        few = facts.n_rows < _FEW_ROWS
        if facts.task == "classification":
            return cls.arrange(_FOR_CLASSES_OF_FEW_ROWS if few else _FOR_CLASSES, facts)
        return cls.arrange(_FOR_FEW_ROWS if few else _FOR_MANY_ROWS, facts)

    @classmethod
    def space(cls, facts: TableFacts) -> Mapping[str, Distribution]:
        """Return what may be tried; see `Family.space`."""
        classes = facts.task == "classification"
        return {
            "n_estimators": Whole(80, 500, log=True) if classes else Whole(200, 1_200, log=True),
            "learning_rate": Real(0.01, 0.15, log=True),
            "num_leaves": Whole(4, 31 if facts.n_rows < _FEW_ROWS else 127, log=True),
            "min_child_samples": Whole(3, 100, log=True),
            "subsample": Real(0.5, 1.0),
            "colsample_bytree": Real(0.25, 1.0),
            "colsample_bynode": Real(0.4, 1.0),
            "reg_lambda": Real(1e-3, 30.0, log=True),
            "reg_alpha": Real(1e-4, 3.0, log=True),
            "extra_trees": Choice((False, True)),
            **cls.choices(facts),
        }

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        try:
            from regression_model.families.adapted.lightgbm_models import (
                LightGBMClassifier,
                LightGBMRegressor,
            )
        except ImportError as error:
            raise MissingExtraError("the model family 'lightgbm'", "lightgbm") from error

        settings = self.settings(context)
        if context.coded_categories:
            settings["coded_categories"] = context.coded_categories
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
