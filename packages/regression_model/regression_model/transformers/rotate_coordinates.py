"""Coordinates on axes that are turned."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.columns import check_column_list, read_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

_N_COORDINATES = 2


class RotateCoordinates(FrameTransformer):
    """Add the coordinates on axes that are turned by some angles.

    Parameters
    ----------
    variables : list of str
        The two coordinates, of any unit.
    angles_degrees : list of float
        Each in (0, 90) and once, at least one.
    into : str, default="rotated"
        Begins the names of the new columns, ``<into>_<angle>_x`` and ``<into>_<angle>_y``, none of which the frame has.

    Attributes
    ----------
    turns_ : list of tuple of float
        For each angle its cosine and sine.

    Notes
    -----
    With the coordinates a and b: ``x = a cos + b sin`` and ``y = b cos - a sin``. Missing where either is.

    Examples
    --------
    >>> import pandas as pd
    >>> blocks = pd.DataFrame({"lat": [1.0, 0.0, None], "lon": [1.0, 2.0, 1.0]})
    >>> RotateCoordinates(["lat", "lon"], [45.0]).fit_transform(blocks).round(3)
       lat  lon  rotated_45_x  rotated_45_y
    0  1.0  1.0         1.414         0.000
    1  0.0  2.0         1.414         1.414
    2  NaN  1.0           NaN           NaN
    >>> RotateCoordinates(["lat", "lon"], [90.0]).fit(blocks)
    Traceback (most recent call last):
    ValueError: RotateCoordinates.angles_degrees: expected angles in (0, 90), each once, at least one, got [90.0]
    """

    def __init__(self, variables: list[str], angles_degrees: Sequence[float], into: str = "rotated") -> None:
        self.variables = variables
        self.angles_degrees = angles_degrees
        self.into = into

    def _learn(self, frame: pd.DataFrame) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        if len(self.variables) != _N_COORDINATES:
            raise ValueError(f"{self._owner}.variables: expected two columns, got {self.variables}")
        angles = list(self.angles_degrees)
        if not angles or not all(0 < angle < 90 for angle in angles) or len(dict.fromkeys(angles)) < len(angles):
            raise ValueError(
                f"{self._owner}.angles_degrees: expected angles in (0, 90), each once, at least one, got {angles}"
            )
        taken = [name for name in self._added_names() if name in frame.columns]
        if taken:
            raise ValueError(f"{self._owner}.into: there are columns {taken} already; choose another beginning")
        for column in self.variables:
            read_numbers(frame, column, self._owner)
        self.turns_ = [(math.cos(math.radians(angle)), math.sin(math.radians(angle))) for angle in angles]

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        first, second = (read_numbers(frame, column, self._owner) for column in self.variables)
        with np.errstate(over="ignore", invalid="ignore"):  # coordinates of any size are turned
            added = [
                values
                for cosine, sine in self.turns_
                for values in (first * cosine + second * sine, second * cosine + first * -sine)
            ]
        names = self._added_names()
        return pd.concat([frame, pd.DataFrame(dict(zip(names, added, strict=True)), index=frame.index)], axis=1)

    def _added_names(self) -> list[str]:
        return [f"{self.into}_{angle:g}_{axis}" for angle in self.angles_degrees for axis in "xy"]

    def _output_names(self, input_names: list[str]) -> list[str]:
        return [*input_names, *self._added_names()]
