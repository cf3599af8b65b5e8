"""What the target is around a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from regression_model.build_context import BuildContext
from regression_model.steps.added_columns import check_added
from regression_model.steps.base import Columns, Kind, Step
from regression_model.steps.coordinates import check_coordinates, order_coordinates
from regression_model.steps.named import check_classes


def _as_list(value: object) -> object:
    """Let ``k: 10`` stand for a list of one."""
    return [value] if isinstance(value, int | str) else value


Counts = Annotated[
    tuple[Annotated[int, Field(ge=1, le=1000)], ...], BeforeValidator(_as_list), Field(min_length=1, max_length=10)
]


class NeighbourTargetStep(Step):
    """Add the target's mean over the nearest training rows: a column ``<into>_<k>`` for each ``k``.

    While the model learns, each training row gets the mean over the other folds, so that it sees what it will see of a
    new row; anything later is compared with all training rows. In a classification the column is the share of the
    second class (the classes are sorted); with more than two, ``classes`` has to name them, and there is a column
    ``<into>_<k>_<class>`` for each. Missing where a coordinate is. ``columns`` names the two coordinates: [latitude,
    longitude].

    Attributes
    ----------
    k : tuple of int
        How many neighbours; training rows at the same place count one by one, but are taken together.
    weights : {"distance", "uniform"}
        Whether nearer rows count more (by one over their distance), or all count the same.
    folds : int
        Into how many parts the training rows are divided.
    geographic : bool
        Whether the coordinates are degrees, of which those of longitude are shorter the further from the equator.
    classes : tuple of str
        For a classification with more than two classes: all of them.
    into : str
        Begins the names of the new columns.
    """

    step: Literal["neighbour_target"] = "neighbour_target"
    k: Counts = (5, 20)
    weights: Literal["distance", "uniform"] = "distance"
    folds: int = Field(default=5, ge=2, le=50)
    geographic: bool = True
    classes: Columns = ()
    into: Annotated[str, Field(min_length=1)] = "neighbours"

    learns_from_target: ClassVar[bool] = True

    @model_validator(mode="after")
    def _check(self) -> NeighbourTargetStep:
        check_coordinates(self.step, self.columns)
        if len(set(self.k)) < len(self.k):
            raise ValueError("'k' names each number of neighbours once")
        return self

    def keeps_small_values(self) -> bool:
        """Say that the columns it reads stay as they are; see `Step.keeps_small_values`."""
        return True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.supervised.folds import CrossFitting
        from regression_model.steps.supervised.neighbours import NeighbourTarget

        check_classes(self.step, self.classes, context)
        return NeighbourTarget(
            order_coordinates(self.step, self.columns, columns),
            k=list(self.k),
            weights=self.weights,
            geographic=self.geographic,
            into=self.into,
            cross_fitting=CrossFitting(context.task, self.classes, self.folds, context.seed),
        )

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        order_coordinates(self.step, self.columns, columns)
        endings = [f"_{label}" for label in self.classes] or [""]
        added = [(f"{self.into}_{k}{ending}", f"the mean over {k} neighbours") for k in self.k for ending in endings]
        check_added(self.step, added, before)
        return {**before, **{name: "number" for name, _ in added}}
