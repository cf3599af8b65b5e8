"""Columns that are not needed any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError
from regression_model.steps.base import Kind, Step
from regression_model.steps.named import check_named, list_or_none


class DropStep(Step):
    """Drop columns by name (`feature_engine.selection.DropFeatures`).

    For columns that other steps needed; what no step needs is better listed under ``features.left_out``.
    """

    step: Literal["drop"] = "drop"

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "category", "boolean", "datetime")

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from feature_engine.selection import DropFeatures

        del context
        check_named(self.step, columns)
        return DropFeatures(features_to_drop=list_or_none(columns))

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        kept = {name: kind for name, kind in before.items() if name not in columns}
        if not kept:
            raise ConfigError("the step 'drop' would leave no column")
        return kept
