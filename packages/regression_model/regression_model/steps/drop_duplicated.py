"""Columns that repeat another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step
from regression_model.steps.named import list_or_none


class DropDuplicatedStep(Step):
    """Drop columns that equal an earlier one in every training row.

    See `feature_engine.selection.DropDuplicateFeatures`.
    """

    step: Literal["drop_duplicated"] = "drop_duplicated"

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "category", "boolean", "datetime")
    default_columns: ClassVar[tuple[str, ...]] = ("all",)
    learns_columns: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.selectors import DropDuplicated

        del context
        return DropDuplicated(variables=list_or_none(columns))
