"""The logarithm of columns with a long tail to the right that begins at zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import CodeUse, Step


class LogPlusOneStep(Step):
    """Replace each column by ``log(x + 1)`` (`feature_engine.transformation.LogCpTransformer`).

    For amounts that are often zero, such as areas and counts. Values of -1 and below have no result, nor have
    missing ones; either is refused.
    """

    step: Literal["log_plus_one"] = "log_plus_one"
    codes: ClassVar[CodeUse] = "rewrites"

    values_above: ClassVar[float | None] = -1.0

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from feature_engine.transformation import LogCpTransformer

        from regression_model.steps.adapted.by_kind import on_columns

        del context
        return on_columns(lambda names: LogCpTransformer(variables=names, C=1), columns, ("number",))
