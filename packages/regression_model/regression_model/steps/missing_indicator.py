"""Whether a value was missing, as a column of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.added_columns import check_added
from regression_model.steps.base import Kind, Step
from regression_model.steps.named import list_or_none


class MissingIndicatorStep(Step):
    """Add for each column ``<column>_na``: 1 where it is missing, 0 elsewhere (``AddMissingIndicator``).

    Every named column gets one, also those that were never missing in training, so that the columns do not
    depend on the data. Put it before the step that fills the missing values.
    """

    step: Literal["missing_indicator"] = "missing_indicator"

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "category", "boolean", "datetime")

    def keeps_small_values(self) -> bool:
        """Say that the values stay as they are; see `Step.keeps_small_values`."""
        return True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.imputers import MissingIndicator

        del context
        return MissingIndicator(missing_only=False, variables=list_or_none(columns))

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        added = [(f"{name}_na", f"the indicator of {name!r}") for name in columns]
        check_added(self.step, added, before)
        return {**before, **{name: "number" for name, _ in added}}

    def sources(self, output: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Say what a column comes from; see `Step.sources`."""
        return (output,) if output in columns else tuple(name for name in columns if output == f"{name}_na")
