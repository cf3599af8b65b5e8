"""The target's mean of each category, as a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.steps.added_columns import check_added
from regression_model.steps.base import Columns, Kind, Step
from regression_model.steps.named import check_classes


class TargetEncodingStep(Step):
    """Replace categories by the target's mean over the rows that have them, drawn towards that of all rows.

    While the model learns, each row gets what the other folds say of its category; later rows get what all training
    rows say. A missing category is a category too; one that was not seen in training gets the mean of all rows. In a
    classification the number is the share of the second class (the classes are sorted); with more than two,
    ``classes`` has to name them, and a column becomes ``<column>_<class>`` for each.
    D. Micci-Barreca, *A preprocessing scheme for high-cardinality categorical attributes*, SIGKDD Explorations 3
    (2001).

    Attributes
    ----------
    smoothing : float
        How many rows with the mean of all rows are added to each category; 0 or more.
    folds : int
        Into how many parts the training rows are divided.
    classes : tuple of str
        For a classification with more than two classes: all of them.
    """

    step: Literal["target_encoding"] = "target_encoding"
    smoothing: float = Field(default=10.0, ge=0, le=1e6)
    folds: int = Field(default=5, ge=2, le=50)
    classes: Columns = ()

    accepts: ClassVar[tuple[Kind, ...]] = ("category",)
    default_columns: ClassVar[tuple[str, ...]] = ("category",)
    fills_missing: ClassVar[bool] = True
    learns_from_target: ClassVar[bool] = True

    def keeps_small_values(self) -> bool:
        """Say that nothing stays as it was; see `Step.keeps_small_values`."""
        return False

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.steps.supervised.folds import CrossFitting
        from regression_model.steps.supervised.target_encoder import TargetEncoder

        check_classes(self.step, self.classes, context)
        cross_fitting = CrossFitting(context.task, self.classes, self.folds, context.seed)

        def make(names: list[str] | None) -> TargetEncoder:
            return TargetEncoder(names or [], smoothing=self.smoothing, cross_fitting=cross_fitting)

        return on_columns(make, columns, ("category",))

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        if not self.classes:
            return {name: "number" if name in columns else kind for name, kind in before.items()}
        kept = {name: kind for name, kind in before.items() if name not in columns}
        added = [(f"{name}_{label}", f"{label!r} of {name!r}") for name in columns for label in self.classes]
        check_added(self.step, added, kept)
        return kept | {name: "number" for name, _ in added}

    def sources(self, output: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Say what a column comes from; see `Step.sources`."""
        if output in columns:
            return (output,)
        return tuple(name for name in columns if output in [f"{name}_{label}" for label in self.classes])
