"""Whether a number is above a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import CodeUse, Step


class BinariseStep(Step):
    """Replace each column by 1 where it is above a threshold and by 0 elsewhere; missing stays missing.

    Attributes
    ----------
    threshold : float
        In the columns' unit; a value equal to it gives 0.
    """

    step: Literal["binarise"] = "binarise"
    codes: ClassVar[CodeUse] = "rewrites"
    threshold: float = 0.0

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.transformers import Binarise

        del context
        return on_columns(lambda names: Binarise(names or [], threshold=self.threshold), columns, ("number",))
