"""The columns that are left when the least important ones are dropped again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step
from regression_model.steps.named import list_or_none


class SelectRecursiveStep(Step):
    """Fit a model, drop the least important columns, and repeat (`sklearn.feature_selection.RFE`).

    Needs filled columns, and for ``linear`` scaled ones, since coefficients are compared.

    Attributes
    ----------
    n_features : int
        How many columns to keep; all if there are no more.
    step_fraction : float
        Part of the columns, in (0, 1), to drop each time; at least one.
    estimator : {"linear", "trees"}
        Ridge or logistic regression, or a random forest of 100 trees.
    """

    step: Literal["select_recursive"] = "select_recursive"
    n_features: int = Field(ge=1)
    step_fraction: float = Field(default=0.1, gt=0, lt=1)
    estimator: Literal["linear", "trees"] = "linear"

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "boolean")
    default_columns: ClassVar[tuple[str, ...]] = ("all",)
    learns_columns: ClassVar[bool] = True
    learns_from_target: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from sklearn.feature_selection import RFE

        from regression_model.steps.adapted import models
        from regression_model.steps.adapted.selectors import KeepSelected

        linear = self.estimator == "linear"
        model = models.build_linear(context) if linear else models.build_forest(context, n_estimators=100)
        selector = RFE(
            model,
            n_features_to_select=self.n_features,
            step=self.step_fraction,
            importance_getter=models.find_importance(model, "coef_" if linear else "feature_importances_"),
        )
        return KeepSelected(selector, variables=list_or_none(columns))
