"""The most frequent category in place of missing ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step


class ImputeFrequentStep(Step):
    """Fill missing categories with the column's most frequent one, of several the alphabetically first.

    For columns in which missing is rare.
    """

    step: Literal["impute_frequent"] = "impute_frequent"

    accepts: ClassVar[tuple[Kind, ...]] = ("category", "boolean")
    fills_missing: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.transformers import FrequentCategoryImputer

        del context
        return on_columns(lambda names: FrequentCategoryImputer(names or []), columns, ("category",))
