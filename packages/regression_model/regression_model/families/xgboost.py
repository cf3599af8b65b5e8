"""XGBoost, gradient boosting with penalised leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.errors import MissingExtraError
from regression_model.families.rounds import RoundsFamily
from regression_model.search_space import Distribution, Real, TableFacts, Value, Whole

_FEW_ROWS = 5_000
_FOR_MANY_ROWS: dict[str, Value] = {
    "n_estimators": 700,
    "learning_rate": 0.035,
    "max_depth": 8,
    "min_child_weight": 7.0,
    "subsample": 0.8,
    "colsample_bytree": 0.5,
    "reg_lambda": 2.0,
}
_FOR_FEW_ROWS: dict[str, Value] = {
    "n_estimators": 700,
    "learning_rate": 0.03,
    "max_depth": 4,
    "min_child_weight": 3.0,
    "subsample": 0.7,
    "colsample_bytree": 0.3,
}
_FOR_CLASSES: dict[str, Value] = {
    "n_estimators": 250,
    "learning_rate": 0.04,
    "max_depth": 5,
    "min_child_weight": 3.0,
    "subsample": 0.8,
    "colsample_bytree": 0.8,
}
_FOR_CLASSES_OF_FEW_ROWS: dict[str, Value] = {
    "n_estimators": 200,
    "learning_rate": 0.04,
    "max_depth": 3,
    "min_child_weight": 2.0,
    "subsample": 0.8,
    "colsample_bytree": 0.4,
}


class XGBoostFamily(RoundsFamily):
    """Gradient boosting by XGBoost (Chen and Guestrin 2016), with the names of its scikit-learn interface.

    Missing values may reach it: each split learns where to send them. It reads values in single precision and refuses
    what this can't hold. Probabilities are computed from its margins in double precision.

    Attributes
    ----------
    objective : {"reg:squarederror", "reg:absoluteerror"}, optional
        For regression: what is minimised; by default the squared error.
    n_estimators : int
        Trees (for each class, if there are more than two).
    learning_rate : float
        Weight of each tree, in (0, 1].
    max_depth : int
        Longest way from the root to a leaf; 0 does not limit it, which needs ``max_leaves``.
    max_leaves : int
        Leaves of a tree; 0 does not limit them. Above 0 the leaf is split that gains most.
    min_child_weight : float
        Least sum of the loss's second derivatives in a leaf (of the squared error the number of rows), at least 0.
    gamma : float
        Least gain of a split, at least 0.
    subsample : float
        Part of the rows, in (0, 1], that each tree sees.
    colsample_bytree, colsample_bynode : float
        Part of the columns, in (0, 1], that each tree sees, and of these each split.
    reg_alpha, reg_lambda : float
        L1 and L2 penalty on the leaves' values, at least 0.
    max_bin : int
        Bins of a column, in [2, 65535].
    class_weight : "balanced", optional
        For classification: weigh rows so that all classes weigh the same.
    """

    family: Literal["xgboost"] = "xgboost"
    objective: Literal["reg:squarederror", "reg:absoluteerror"] | None = None
    n_estimators: int = Field(default=300, ge=1, le=100_000)
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    max_depth: int = Field(default=6, ge=0, le=64)
    max_leaves: int = Field(default=0, ge=0, le=131_072)
    min_child_weight: float = Field(default=1.0, ge=0)
    gamma: float = Field(default=0.0, ge=0)
    subsample: float = Field(default=1.0, gt=0, le=1)
    colsample_bytree: float = Field(default=1.0, gt=0, le=1)
    colsample_bynode: float = Field(default=1.0, gt=0, le=1)
    reg_alpha: float = Field(default=0.0, ge=0)
    reg_lambda: float = Field(default=1.0, ge=0)
    max_bin: int = Field(default=256, ge=2, le=65_535)
    class_weight: Literal["balanced"] | None = None

    tasks: ClassVar[tuple[Task, ...]] = ("regression", "classification")
    handles_missing: ClassVar[bool] = True
    losses: ClassVar[tuple[str, ...]] = ("reg:squarederror", "reg:absoluteerror")
    absolute_error: ClassVar[str] = "reg:absoluteerror"
    extra: ClassVar[str | None] = "xgboost"

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return good starts; see `Family.portfolio`."""
        few = facts.n_rows < _FEW_ROWS
        if facts.task == "classification":
            return cls.arrange([_FOR_CLASSES_OF_FEW_ROWS if few else _FOR_CLASSES], facts)
        return cls.arrange([_FOR_FEW_ROWS if few else _FOR_MANY_ROWS], facts)

    @classmethod
    def space(cls, facts: TableFacts) -> Mapping[str, Distribution]:
        """Return what may be tried; see `Family.space`."""
        classes = facts.task == "classification"
        return {
            "n_estimators": Whole(80, 400, log=True) if classes else Whole(150, 900, log=True),
            "learning_rate": Real(0.015, 0.2, log=True),
            "max_depth": Whole(3, 7 if facts.n_rows < _FEW_ROWS or classes else 10),
            "min_child_weight": Real(1.0, 50.0, log=True),
            "subsample": Real(0.5, 1.0),
            "colsample_bytree": Real(0.25, 1.0),
            "colsample_bynode": Real(0.4, 1.0),
            "reg_lambda": Real(1e-2, 30.0, log=True),
            "reg_alpha": Real(1e-4, 3.0, log=True),
            **cls.choices(facts),
        }

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`.

        Raises
        ------
        MissingExtraError
            If XGBoost is not installed.
        """
        try:
            from regression_model.families.adapted.xgboost_models import XGBoostClassifier, XGBoostRegressor
        except ImportError as error:
            raise MissingExtraError("the model family 'xgboost'", "xgboost") from error

        make = XGBoostClassifier if context.task == "classification" else XGBoostRegressor
        return make(**self.settings(context), random_state=context.seed, n_jobs=1)
