"""A known category in place of an unknown one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step


class CategoryFallbackStep(Step):
    """Replace categories that were not seen in training by a known one; missing stays missing.

    Attributes
    ----------
    fallback : str, optional
        The category to take, in the columns that have it. By default, and in the other columns, the most
        frequent one.
    """

    step: Literal["category_fallback"] = "category_fallback"
    fallback: str | None = None

    accepts: ClassVar[tuple[Kind, ...]] = ("category",)
    default_columns: ClassVar[tuple[str, ...]] = ("category",)

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.transformers import CategoryFallback

        del context
        return on_columns(lambda names: CategoryFallback(names or [], self.fallback), columns, ("category",))
