"""The logarithm of columns with a long tail to the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import CodeUse, Step


class LogStep(Step):
    """Replace each column by its natural logarithm (`feature_engine.transformation.LogTransformer`).

    Zero and negative values have none: a training table that holds one is refused, and so is such a row in a
    request.
    """

    step: Literal["log"] = "log"
    codes: ClassVar[CodeUse] = "rewrites"

    values_above: ClassVar[float | None] = 0.0

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from feature_engine.transformation import LogTransformer

        from regression_model.steps.adapted.by_kind import on_columns

        del context
        return on_columns(lambda names: LogTransformer(variables=names), columns, ("number",))
