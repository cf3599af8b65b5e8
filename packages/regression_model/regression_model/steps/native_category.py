"""Codes for categories that boosters split by as what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.steps.base import CodeUse, Kind, Step


class NativeCategoryStep(Step):
    """Replace categories by codes, which LightGBM and histogram gradient boosting split by as categories.

    They divide the categories of a column into any two groups, where a number is only divided into small and large.
    A missing category has a code of its own, and so has one that training has not seen. Other families see numbers in
    the order of the target's mean, as `ordered_encoding` makes them. Steps behind this one may add or drop columns; one
    that computes other numbers in place of the codes, such as ``scale``, makes plain numbers of them.

    Attributes
    ----------
    most : int
        Categories of a column, in [1, 250], that have a code of their own: those with most rows. The others count as
        not seen.
    """

    step: Literal["native_category"] = "native_category"
    most: int = Field(default=250, ge=1, le=250)

    accepts: ClassVar[tuple[Kind, ...]] = ("category",)
    default_columns: ClassVar[tuple[str, ...]] = ("category",)
    fills_missing: ClassVar[bool] = True
    learns_from_target: ClassVar[bool] = True
    codes: ClassVar[CodeUse] = "makes"

    def keeps_small_values(self) -> bool:
        """Say that nothing stays as it was; see `Step.keeps_small_values`."""
        return False

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.steps.supervised.native_categories import NativeCategories

        del context
        return on_columns(lambda names: NativeCategories(names or [], most=self.most), columns, ("category",))

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        return {name: "number" if name in columns else kind for name, kind in before.items()}
