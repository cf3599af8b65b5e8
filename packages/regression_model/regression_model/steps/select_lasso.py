"""The columns to which a linear model with an L1 penalty gives a coefficient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step
from regression_model.steps.named import list_or_none


class SelectLassoStep(Step):
    """Keep the columns whose coefficient in a sparse linear model is not zero (`SelectFromModel`).

    The model is a Lasso that learns the transformed target, or a logistic regression with an L1 penalty.
    Needs filled and scaled columns.

    Attributes
    ----------
    alpha : float
        For regression: weight of the penalty, above 0; larger means fewer columns.
    C : float
        For classification: inverse weight of the penalty, above 0; smaller means fewer columns.
    """

    step: Literal["select_lasso"] = "select_lasso"
    alpha: float = Field(default=0.001, gt=0)
    C: float = Field(default=0.1, gt=0)

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "boolean")
    default_columns: ClassVar[tuple[str, ...]] = ("all",)
    learns_columns: ClassVar[bool] = True
    learns_from_target: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from sklearn.feature_selection import SelectFromModel

        from regression_model.steps.adapted import models
        from regression_model.steps.adapted.selectors import KeepSelected

        model = models.build_sparse_linear(context, alpha=self.alpha, C=self.C)
        # 1e-5: scikit-learn's own threshold for a Lasso, which it does not see inside a transformed target.
        selector = SelectFromModel(model, threshold=1e-5, importance_getter=models.find_importance(model, "coef_"))
        return KeepSelected(selector, variables=list_or_none(columns))
