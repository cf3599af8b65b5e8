"""New columns from pairs of others, chosen by what they tell of the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step

Operation = Literal["ratio", "difference", "sum", "product"]


class CombinePairsStep(Step):
    """Add the combinations of two columns that tell most of the target beyond the columns.

    What the columns tell, each by itself, is taken away from the target first (an additive model); then the pair whose
    combination tells most of what is left is added, and so on, until there are ``n`` or none tells enough. The new
    columns are called ``<a>_per_<b>``, ``<a>_minus_<b>``, ``<a>_plus_<b>`` and ``<a>_times_<b>``; missing where a part
    is missing, or a divisor is zero. Of more than 30 columns those that tell most by themselves are paired. Which
    columns are added is known only after training: put the step behind those that name columns.

    Attributes
    ----------
    n : int
        How many columns are added at most.
    operations : tuple of {"ratio", "difference", "sum", "product"}
        What is tried.
    """

    step: Literal["combine_pairs"] = "combine_pairs"
    n: int = Field(default=5, ge=1, le=100)
    operations: Annotated[tuple[Operation, ...], Field(min_length=1)] = ("ratio",)

    accepts: ClassVar[tuple[Kind, ...]] = ("number",)
    default_columns: ClassVar[tuple[str, ...]] = ("number",)
    learns_columns: ClassVar[bool] = True
    learns_from_target: ClassVar[bool] = True

    @model_validator(mode="after")
    def _check(self) -> CombinePairsStep:
        if len(set(self.operations)) < len(self.operations):
            raise ValueError("'operations' names each operation once")
        return self

    def keeps_small_values(self) -> bool:
        """Say that the columns it reads stay as they are; see `Step.keeps_small_values`."""
        return True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.steps.supervised.pairs import PairCombiner

        del context
        return on_columns(
            lambda names: PairCombiner(names or [], n=self.n, operations=list(self.operations)), columns, ("number",)
        )

    def sources(self, output: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Say what a column comes from; see `Step.sources`."""
        if output in columns:
            return (output,)
        words = ("_per_", "_minus_", "_plus_", "_times_")
        pairs = [(a, b) for a in columns for b in columns for word in words if output == f"{a}{word}{b}"]
        return pairs[0] if len(pairs) == 1 else tuple(columns)
