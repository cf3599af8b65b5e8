"""The power of each column that makes it most like a normal distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import CodeUse, Step


class YeoJohnsonStep(Step):
    """Transform columns by Yeo and Johnson's power family (see `feature_engine.transformation`).

    The power is learned by maximum likelihood; any sign of value is allowed, missing values are not. Columns of large
    numbers that hardly differ, such as years, stay as they are.
    I.-K. Yeo and R. A. Johnson, *A new family of power transformations*, Biometrika 87 (2000).
    """

    step: Literal["yeo_johnson"] = "yeo_johnson"
    codes: ClassVar[CodeUse] = "rewrites"

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.steps.adapted.powers import YeoJohnson

        del context
        return on_columns(lambda names: YeoJohnson(variables=names), columns, ("number",))
