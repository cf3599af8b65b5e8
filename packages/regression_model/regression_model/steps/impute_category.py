"""A category of its own for missing ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step


class ImputeCategoryStep(Step):
    """Fill missing categories with one value (`feature_engine.imputation.CategoricalImputer`).

    For columns in which missing is common, or means something.

    Attributes
    ----------
    value : str
        What to fill in.
    """

    step: Literal["impute_category"] = "impute_category"
    value: Annotated[str, Field(min_length=1)] = "Missing"

    accepts: ClassVar[tuple[Kind, ...]] = ("category",)
    fills_missing: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from feature_engine.imputation import CategoricalImputer

        from regression_model.steps.adapted.by_kind import on_columns

        del context
        return on_columns(
            lambda names: CategoricalImputer("missing", fill_value=self.value, variables=names),
            columns,
            ("category",),
        )
