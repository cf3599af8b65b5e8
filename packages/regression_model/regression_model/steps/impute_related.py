"""What other columns say of a number, in place of a missing one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.steps.base import Columns, Step
from regression_model.steps.named import check_named


class ImputeRelatedStep(Step):
    """Fill missing numbers by those columns of the same row that tell most of them, else by the median.

    For each column, also one that is never missing in training, a robust linear relation is learned (least absolute
    deviations) with the one to three others that lower the error most; and for rows in which one of those is missing,
    too, a relation with a single one. Where no other column tells anything, and where all of them are missing, the
    median is taken. What is filled in lies in the range of the training rows.

    Attributes
    ----------
    related : tuple of str
        Columns of numbers that tell something besides ``columns``, which tell of each other; they are not filled.
    most : int
        How many columns a relation may have, 1 to 3.
    """

    step: Literal["impute_related"] = "impute_related"
    related: Columns = ()
    most: int = Field(default=3, ge=1, le=3)

    fills_missing: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.transformers import RelatedImputer

        del context
        return RelatedImputer(check_named(self.step, columns), related=list(self.related), most=self.most)

    def columns_read(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Name the columns that are filled and those that tell of them."""
        return tuple(dict.fromkeys([*columns, *self.related]))

    def sources(self, output: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Say what a column comes from; see `Step.sources`."""
        return self.columns_read(columns) if output in columns else (output,)
