"""Parts of dates, such as the month, as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from regression_model.build_context import BuildContext
from regression_model.steps.added_columns import check_added
from regression_model.steps.base import Kind, Step

Part = Literal[
    "month",
    "quarter",
    "semester",
    "year",
    "week",
    "day_of_week",
    "day_of_month",
    "day_of_year",
    "weekend",
    "month_start",
    "month_end",
    "quarter_start",
    "quarter_end",
    "year_start",
    "year_end",
    "leap_year",
    "days_in_month",
    "hour",
    "minute",
    "second",
]


class DatePartsStep(Step):
    """Replace dates by their parts: columns ``<column>_<part>``; those of a missing date are missing.

    The names of the parts are those of `feature_engine.datetime.DatetimeFeatures`.

    Attributes
    ----------
    features_to_extract : tuple of str
        Each part once. Weeks are those of ISO 8601, the first day of the week is Monday, 0.
    """

    step: Literal["date_parts"] = "date_parts"
    features_to_extract: Annotated[tuple[Part, ...], Field(min_length=1)] = ("year", "month", "day_of_week")

    accepts: ClassVar[tuple[Kind, ...]] = ("datetime",)
    default_columns: ClassVar[tuple[str, ...]] = ("datetime",)

    @model_validator(mode="after")
    def _check_parts(self) -> DatePartsStep:
        if len(set(self.features_to_extract)) < len(self.features_to_extract):
            raise ValueError("'features_to_extract' names each part once")
        return self

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.steps.adapted.date_parts import DateParts

        del context
        parts = list(self.features_to_extract)
        return on_columns(lambda names: DateParts(names or [], parts), columns, ("datetime",))

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        kept = {name: kind for name, kind in before.items() if name not in columns}
        added = [(f"{name}_{part}", f"the {part} of {name!r}") for name in columns for part in self.features_to_extract]
        check_added(self.step, added, kept)
        return kept | {name: "number" for name, _ in added}

    def sources(self, output: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Say what a column comes from; see `Step.sources`."""
        return tuple(name for name in columns if output.startswith(f"{name}_"))
