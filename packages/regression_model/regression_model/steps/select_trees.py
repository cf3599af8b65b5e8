"""The columns that a forest finds important."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step
from regression_model.steps.named import list_or_none


class SelectTreesStep(Step):
    """Keep the columns whose importance in a random forest reaches a threshold (`SelectFromModel`).

    Attributes
    ----------
    n_estimators : int
        Trees.
    min_samples_leaf : int
        Least number of rows in a leaf.
    threshold : {"median", "mean"} or float
        Least importance, the sum of all being 1: that of half of the columns, the average, or a number in
        (0, 1).
    """

    step: Literal["select_trees"] = "select_trees"
    n_estimators: int = Field(default=100, ge=1, le=10_000)
    min_samples_leaf: int = Field(default=1, ge=1)
    threshold: Literal["median", "mean"] | Annotated[float, Field(gt=0, lt=1)] = "median"

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "boolean")
    default_columns: ClassVar[tuple[str, ...]] = ("all",)
    learns_columns: ClassVar[bool] = True
    learns_from_target: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from sklearn.feature_selection import SelectFromModel

        from regression_model.steps.adapted import models
        from regression_model.steps.adapted.selectors import KeepSelected

        model = models.build_forest(context, n_estimators=self.n_estimators, min_samples_leaf=self.min_samples_leaf)
        selector = SelectFromModel(
            model,
            threshold=self.threshold,
            importance_getter=models.find_importance(model, "feature_importances_"),
        )
        return KeepSelected(selector, variables=list_or_none(columns))
