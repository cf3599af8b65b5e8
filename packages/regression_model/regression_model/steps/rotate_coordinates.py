"""Coordinates along other directions than north and east."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from regression_model.build_context import BuildContext
from regression_model.steps.added_columns import check_added
from regression_model.steps.base import Kind, Step
from regression_model.steps.coordinates import check_coordinates, order_coordinates

Angle = Annotated[float, Field(gt=0, lt=90)]


class RotateCoordinatesStep(Step):
    """Add the coordinates on axes that are turned: ``<into>_<angle>_x`` and ``<into>_<angle>_y`` for each angle.

    A tree cuts along the axes that it has; a coast or a valley seldom runs along them. Missing where a coordinate
    is. ``columns`` names the two coordinates.

    Attributes
    ----------
    angles_degrees : tuple of float
        How far the axes are turned, each in (0, 90) and once; a quarter turn gives the same axes again.
    into : str
        Begins the names of the new columns.
    """

    step: Literal["rotate_coordinates"] = "rotate_coordinates"
    angles_degrees: Annotated[tuple[Angle, ...], Field(min_length=1)] = (22.5, 45.0, 67.5)
    into: Annotated[str, Field(min_length=1)] = "rotated"

    @model_validator(mode="after")
    def _check(self) -> RotateCoordinatesStep:
        check_coordinates(self.step, self.columns)
        if len(set(self.angles_degrees)) < len(self.angles_degrees):
            raise ValueError("'angles_degrees' names each angle once")
        return self

    def keeps_small_values(self) -> bool:
        """Say that the columns it reads stay as they are; see `Step.keeps_small_values`."""
        return True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.transformers import RotateCoordinates

        del context
        names = order_coordinates(self.step, self.columns, columns)
        return RotateCoordinates(names, list(self.angles_degrees), into=self.into)

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        order_coordinates(self.step, self.columns, columns)
        added = [
            (f"{self.into}_{angle:g}_{axis}", f"the rotation by {angle:g} degrees")
            for angle in self.angles_degrees
            for axis in "xy"
        ]
        check_added(self.step, added, before)
        return {**before, **{name: "number" for name, _ in added}}
