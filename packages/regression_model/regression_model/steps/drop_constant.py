"""Columns that hardly ever change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step
from regression_model.steps.named import list_or_none


class DropConstantStep(Step):
    """Drop columns in which one value (missing counts as one) has nearly all rows.

    See `feature_engine.selection.DropConstantFeatures`.

    Attributes
    ----------
    tol : float
        Share of the rows, in (0, 1], from which on a value makes the column constant.
    """

    step: Literal["drop_constant"] = "drop_constant"
    tol: float = Field(default=1.0, gt=0, le=1)

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "category", "boolean", "datetime")
    default_columns: ClassVar[tuple[str, ...]] = ("all",)
    learns_columns: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.selectors import DropConstant

        del context
        return DropConstant(tol=self.tol, variables=list_or_none(columns))
