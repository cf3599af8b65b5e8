"""The mean or median in place of missing numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step


class ImputeNumberStep(Step):
    """Fill missing numbers with their column's mean or median (feature-engine's ``MeanMedianImputer``).

    Attributes
    ----------
    statistic : {"median", "mean"}
        Over the training rows in which the column is known.
    """

    step: Literal["impute_number"] = "impute_number"
    statistic: Literal["median", "mean"] = "median"

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "boolean")
    fills_missing: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.steps.adapted.imputers import NumberImputer

        del context
        return on_columns(
            lambda names: NumberImputer(imputation_method=self.statistic, variables=names),
            columns,
            ("number",),
        )
