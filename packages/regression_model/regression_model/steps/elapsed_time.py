"""The time from one column to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError
from regression_model.steps.base import CodeUse, Kind, Step
from regression_model.steps.named import check_named


class ElapsedTimeStep(Step):
    """Replace each column by the time from it to a reference: ``reference - column``.

    Such as the age of a house when it was sold, in place of the year when it was built.

    Attributes
    ----------
    reference : str
        Column to measure to, in the same unit; not one of those that are replaced.
    drop_reference : bool
        Whether the reference is dropped afterwards.
    """

    step: Literal["elapsed_time"] = "elapsed_time"
    codes: ClassVar[CodeUse] = "rewrites"
    reference: str
    drop_reference: bool = False

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.transformers import ElapsedTime

        del context
        return ElapsedTime(check_named(self.step, columns), self.reference, drop_reference=self.drop_reference)

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        if self.reference in columns:
            raise ConfigError(
                f"{self.reference!r} is the reference of the step 'elapsed_time', so it can't be replaced"
            )
        dropped = {self.reference} if self.drop_reference else set()
        return {name: kind for name, kind in before.items() if name not in dropped}

    def columns_read(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Name the columns and the reference."""
        return (*columns, self.reference)

    def sources(self, output: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Say what a column comes from; see `Step.sources`."""
        del columns
        return (output, self.reference)
