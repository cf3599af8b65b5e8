"""A constant in place of missing numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step


class ImputeConstantNumberStep(Step):
    """Fill missing numbers with a constant (feature-engine's ``ArbitraryNumberImputer``).

    Attributes
    ----------
    value : float
        Such as 0 where missing means none, or a value far from all others for a model of trees.
    """

    step: Literal["impute_constant_number"] = "impute_constant_number"
    value: float

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "boolean")
    fills_missing: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.steps.adapted.imputers import ConstantNumberImputer

        del context
        return on_columns(
            lambda names: ConstantNumberImputer(arbitrary_number=self.value, variables=names),
            columns,
            ("number",),
        )
