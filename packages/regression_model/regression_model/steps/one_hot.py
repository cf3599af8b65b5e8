"""A column of zeros and ones for each category."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step


class OneHotStep(Step):
    """Replace a column by one for each of its categories: 1 where the row has it (needs filled columns).

    The new columns are called ``<column>_<category>``. A category not seen in training is zero in all of
    them. See `feature_engine.encoding.OneHotEncoder`. Training refuses two columns of the same name.

    Attributes
    ----------
    drop_last : bool
        Whether to leave out the (alphabetically) last category, which the others imply.
    """

    step: Literal["one_hot"] = "one_hot"
    drop_last: bool = False

    accepts: ClassVar[tuple[Kind, ...]] = ("category",)
    default_columns: ClassVar[tuple[str, ...]] = ("category",)
    learns_columns: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.steps.adapted.encoders import OneHot

        del context
        return on_columns(lambda names: OneHot(drop_last=self.drop_last, variables=names), columns, ("category",))

    def sources(self, output: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Say what a column comes from; see `Step.sources`."""
        return tuple(name for name in columns if output.startswith(f"{name}_"))
