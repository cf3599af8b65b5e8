"""A new column from the arithmetic of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError
from regression_model.steps.base import Kind, Step
from regression_model.steps.named import check_named

_N_OPERANDS = 2


class CombineStep(Step):
    """Add a column that is the sum, product, difference or ratio of others.

    It is missing where any part is missing, and a ratio also where the divisor is zero.

    Attributes
    ----------
    operation : {"sum", "product", "difference", "ratio"}
        ``difference`` and ``ratio`` take two columns by name, and their order counts.
    into : str
        Name of the new column.
    """

    step: Literal["combine"] = "combine"
    operation: Literal["sum", "product", "difference", "ratio"]
    into: Annotated[str, Field(min_length=1)]

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "boolean")

    @model_validator(mode="after")
    def _check_two(self) -> CombineStep:
        if self.operation in ("difference", "ratio") and len(set(self.columns)) != _N_OPERANDS:
            raise ValueError(f"a {self.operation} takes two columns by name, found {', '.join(self.columns) or 'none'}")
        return self

    def keeps_small_values(self) -> bool:
        """Say that the columns it reads stay as they are; see `Step.keeps_small_values`."""
        return True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.combination import Combination

        del context
        names = check_named(self.step, columns)
        return Combination(self._ordered(names), self.operation, self.into)

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        if self.into in before:
            raise ConfigError(f"the step 'combine' can't add {self.into!r}: there is a column of that name already")
        if len(columns) < _N_OPERANDS:
            raise ConfigError(f"the step 'combine' needs at least two columns, found {', '.join(columns) or 'none'}")
        self._ordered(columns)
        return {**before, self.into: "number"}

    def _ordered(self, columns: Sequence[str]) -> list[str]:
        """Return the columns in the order of the file where it counts."""
        if self.operation in ("sum", "product"):
            return list(columns)
        if set(columns) != set(self.columns):
            raise ConfigError(f"a {self.operation} takes two columns by name, found {', '.join(self.columns)}")
        return list(self.columns)
