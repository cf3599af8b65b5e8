"""Columns that say nearly the same as another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step
from regression_model.steps.named import list_or_none


class DropCorrelatedStep(Step):
    """Drop columns that correlate with another one; the alphabetically first of a group is kept.

    See `feature_engine.selection.DropCorrelatedFeatures`. Rows in which either value is missing do not count.

    Attributes
    ----------
    threshold : float
        Absolute correlation, in (0, 1), above which a column is dropped.
    method : {"pearson", "spearman", "kendall"}
    """

    step: Literal["drop_correlated"] = "drop_correlated"
    threshold: float = Field(default=0.95, gt=0, lt=1)
    method: Literal["pearson", "spearman", "kendall"] = "pearson"

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "boolean")
    default_columns: ClassVar[tuple[str, ...]] = ("all",)
    learns_columns: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.selectors import DropCorrelated

        del context
        names = list_or_none(columns)
        return DropCorrelated(threshold=self.threshold, method=self.method, variables=names)
