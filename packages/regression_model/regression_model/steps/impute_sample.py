"""A value that was seen in training, drawn by chance, in place of a missing one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.steps.base import Columns, Kind, Step
from regression_model.steps.named import check_named


class ImputeSampleStep(Step):
    """Fill missing values with values drawn from the training rows, so that the distribution is kept.

    The draw depends on the row's own content, never on the rows that it arrives with.

    Attributes
    ----------
    seed_columns : tuple of str
        Columns whose content decides the draw: rows that agree in all of them get the same value. Take some
        that differ from row to row.
    """

    step: Literal["impute_sample"] = "impute_sample"
    seed_columns: Annotated[Columns, Field(min_length=1)]

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "category", "boolean")
    fills_missing: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.transformers import RowSeededSampleImputer

        return RowSeededSampleImputer(
            check_named(self.step, columns), seed_columns=list(self.seed_columns), seed=context.seed
        )

    def columns_read(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Name the columns that are filled and those that decide the draw."""
        return tuple(dict.fromkeys([*columns, *self.seed_columns]))

    def sources(self, output: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Say what a column comes from; see `Step.sources`."""
        del columns
        return tuple(dict.fromkeys([output, *self.seed_columns]))
