"""CatBoost, gradient boosting of trees whose nodes of one level all split alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.errors import MissingExtraError
from regression_model.families.rounds import RoundsFamily
from regression_model.search_space import Distribution, Real, TableFacts, Value, Whole

_FEW_ROWS = 5_000
_FOR_MANY_ROWS: dict[str, Value] = {"iterations": 1_200, "learning_rate": 0.07, "depth": 7, "rsm": 0.4}
_FOR_FEW_ROWS: dict[str, Value] = {"iterations": 900, "learning_rate": 0.04, "depth": 5, "rsm": 0.4}
_FOR_CLASSES: dict[str, Value] = {"iterations": 450, "learning_rate": 0.05, "depth": 6, "l2_leaf_reg": 5.0, "rsm": 0.5}
_FOR_CLASSES_OF_FEW_ROWS: dict[str, Value] = {"iterations": 300, "learning_rate": 0.04, "depth": 5, "rsm": 0.4}


class CatBoostFamily(RoundsFamily):
    """Gradient boosting of oblivious trees by CatBoost (Prokhorenkova et al. 2018), with its own names.

    It takes numbers; categories are encoded before. Missing values may reach it: they count as smaller than all
    others. It compares values in single precision.

    Attributes
    ----------
    loss_function : {"RMSE", "MAE"}, optional
        For regression: what is minimised, the squared error (the default) or the absolute error.
    iterations : int
        Trees; each has a value for each class, if there are more than two.
    learning_rate : float
        Weight of each tree, in (0, 1].
    depth : int
        Splits on each way from the root to a leaf, in [1, 12].
    l2_leaf_reg : float
        L2 penalty on the leaves' values, at least 0.
    random_strength : float
        How much chance there is in the choice of splits, at least 0; less from tree to tree.
    subsample : float
        Part of the rows, in (0, 1], that each tree sees; those with large gradients rather.
    rsm : float
        Part of the columns, in (0, 1], that is considered at a split.
    border_count : int
        Thresholds of a column that are considered, in [1, 65535].
    class_weight : "balanced", optional
        For classification: weigh rows so that all classes weigh the same.
    """

    family: Literal["catboost"] = "catboost"
    loss_function: Literal["RMSE", "MAE"] | None = None
    iterations: int = Field(default=500, ge=1, le=100_000)
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    depth: int = Field(default=6, ge=1, le=12)
    l2_leaf_reg: float = Field(default=3.0, ge=0)
    random_strength: float = Field(default=1.0, ge=0)
    subsample: float = Field(default=0.8, gt=0, le=1)
    rsm: float = Field(default=1.0, gt=0, le=1)
    border_count: int = Field(default=254, ge=1, le=65_535)
    class_weight: Literal["balanced"] | None = None

    tasks: ClassVar[tuple[Task, ...]] = ("regression", "classification")
    handles_missing: ClassVar[bool] = True
    rounds: ClassVar[str] = "iterations"
    loss_key: ClassVar[str] = "loss_function"
    losses: ClassVar[tuple[str, ...]] = ("RMSE", "MAE")
    absolute_error: ClassVar[str] = "MAE"
    absolute_error_first: ClassVar[bool] = False
    extra: ClassVar[str | None] = "catboost"

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
            "iterations": Whole(150, 700, log=True) if classes else Whole(300, 1_500, log=True),
            "learning_rate": Real(0.02, 0.2, log=True),
            "depth": Whole(4, 8),
            "l2_leaf_reg": Real(0.3, 30.0, log=True),
            "random_strength": Real(0.1, 10.0, log=True),
            "subsample": Real(0.5, 1.0),
            "rsm": Real(0.3, 1.0),
            **cls.choices(facts),
        }

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`.

        Raises
        ------
        MissingExtraError
            If CatBoost is not installed.
        """
        try:
            from regression_model.families.adapted.catboost_models import CatBoostClassifier, CatBoostRegressor
        except ImportError as error:
            raise MissingExtraError("the model family 'catboost'", "catboost") from error

        make = CatBoostClassifier if context.task == "classification" else CatBoostRegressor
        return make(**self.settings(context), random_state=context.seed, n_jobs=1)
