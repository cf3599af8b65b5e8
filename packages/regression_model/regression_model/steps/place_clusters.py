"""How far a row is from the centres around which the training rows lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from regression_model.build_context import BuildContext
from regression_model.steps.added_columns import check_added
from regression_model.steps.base import Kind, Step
from regression_model.steps.coordinates import check_coordinates, order_coordinates


class PlaceClustersStep(Step):
    """Add the distances to the centres of clusters of the training rows (k-means), and which is the nearest.

    The columns are ``<into>_distance_1``, ``<into>_distance_2``, ... and ``<into>_nearest``, the number of the
    nearest centre, from 1; missing where a coordinate is. Centres are numbered from the first coordinate's least.
    ``columns`` names the two coordinates: [latitude, longitude].

    Attributes
    ----------
    n_clusters : int
        How many; if there are fewer different places, the last centre stands for those that lack.
    distances : bool
        Whether the distances are added.
    nearest : bool
        Whether the nearest centre is added, as a number. At least one of the two is.
    geographic : bool
        Whether the coordinates are degrees: then distances are in km. Else they are in the coordinates' own unit.
    into : str
        Begins the names of the new columns.
    """

    step: Literal["place_clusters"] = "place_clusters"
    n_clusters: int = Field(default=10, ge=2, le=500)
    distances: bool = True
    nearest: bool = False
    geographic: bool = True
    into: Annotated[str, Field(min_length=1)] = "place"

    @model_validator(mode="after")
    def _check(self) -> PlaceClustersStep:
        check_coordinates(self.step, self.columns)
        if not self.distances and not self.nearest:
            raise ValueError("at least one of 'distances' and 'nearest' has to be true")
        return self

    def keeps_small_values(self) -> bool:
        """Say that the columns it reads stay as they are; see `Step.keeps_small_values`."""
        return True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.transformers import PlaceClusters

        return PlaceClusters(
            order_coordinates(self.step, self.columns, columns),
            n_clusters=self.n_clusters,
            adds="both" if self.distances and self.nearest else "distances" if self.distances else "nearest",
            geographic=self.geographic,
            into=self.into,
            seed=context.seed,
        )

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        order_coordinates(self.step, self.columns, columns)
        numbers = range(1, self.n_clusters + 1) if self.distances else ()
        added = [(f"{self.into}_distance_{number}", f"the distance to centre {number}") for number in numbers]
        if self.nearest:
            added.append((f"{self.into}_nearest", "the nearest centre"))
        check_added(self.step, added, before)
        return {**before, **{name: "number" for name, _ in added}}
