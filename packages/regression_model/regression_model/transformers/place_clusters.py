"""Distances to the centres of clusters of places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from regression_model.compiled.neighbours import find_shrink, in_plane, squared_distances
from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.clustering import find_centres
from regression_model.transformers.columns import check_column_list, read_numbers
from regression_model.transformers.coordinates import EARTH_RADIUS_KM

if TYPE_CHECKING:
    from numpy.typing import NDArray

Adds = Literal["distances", "nearest", "both"]

_N_COORDINATES = 2
KM_PER_DEGREE = EARTH_RADIUS_KM * np.pi / 180


class PlaceClusters(FrameTransformer):
    """Add the distances to the centres of clusters of the training rows, and the number of the nearest one.

    Parameters
    ----------
    variables : list of str
        The two coordinates; latitude and longitude in degrees, if they are geographic.
    n_clusters : int, default=10
        At least 1. If there are fewer different places, the last centre stands for those that lack.
    adds : {"distances", "nearest", "both"}, default="distances"
        What is added.
    geographic : bool, default=True
        Whether the coordinates are degrees: then distances are in km, on a plane that touches the earth at the middle
        latitude of the training rows; right for a town or a state, stretched for a continent.
    into : str, default="place"
        Begins the names of the new columns, ``<into>_distance_1``, ... and ``<into>_nearest``.
    seed : int, default=0
        From which the first centres are drawn.

    Attributes
    ----------
    centres_ : ndarray of shape (n_clusters, 2)
        In the plane: the second coordinate times ``shrink_``. In ascending order of the first coordinate.
    shrink_ : float
        The cosine of the middle latitude, or 1.

    Notes
    -----
    Missing where a coordinate is, or is out of range. Degrees of longitude are taken as they are: -179 and 181 are one
    place, but count as 360 degrees apart.

    Examples
    --------
    >>> import pandas as pd
    >>> blocks = pd.DataFrame({"x": [0.0, 0.0, 3.0, 3.0], "y": [0.0, 2.0, 5.0, 7.0]})
    >>> clusters = PlaceClusters(["x", "y"], n_clusters=2, adds="both", geographic=False)
    >>> clusters.fit_transform(blocks).iloc[0].tolist()[2:]
    [1.0, 6.708203932499369, 1.0]
    >>> PlaceClusters(["x", "z"]).fit(blocks)
    Traceback (most recent call last):
    ValueError: PlaceClusters.variables: missing columns ['z']; the columns are ['x', 'y']
    """

    def __init__(
        self,
        variables: list[str],
        n_clusters: int = 10,
        *,
        adds: Adds = "distances",
        geographic: bool = True,
        into: str = "place",
        seed: int = 0,
    ) -> None:
        self.variables = variables
        self.n_clusters = n_clusters
        self.adds = adds
        self.geographic = geographic
        self.into = into
        self.seed = seed

    @property
    def distances(self) -> bool:
        """Whether the distances are added."""
        return self.adds != "nearest"

    @property
    def nearest(self) -> bool:
        """Whether the number of the nearest centre is added."""
        return self.adds != "distances"

    @property
    def unit(self) -> float:
        """What a distance in the plane is multiplied by."""
        return KM_PER_DEGREE if self.geographic else 1.0

    def _learn(self, frame: pd.DataFrame) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        if len(self.variables) != _N_COORDINATES:
            raise ValueError(f"{self._owner}.variables: expected two columns, got {self.variables}")
        if self.n_clusters < 1:
            raise ValueError(f"{self._owner}.n_clusters: expected at least 1, got {self.n_clusters}")
        if self.adds not in get_args(Adds):
            raise ValueError(f"{self._owner}.adds: expected one of {get_args(Adds)}, got {self.adds!r}")
        taken = [name for name in self._added_names() if name in frame.columns]
        if taken:
            raise ValueError(f"{self._owner}.into: there are columns {taken} already; choose another beginning")
        first, second = (read_numbers(frame, column, self._owner) for column in self.variables)
        _, valid = in_plane(first, second, shrink=1.0, geographic=self.geographic)
        if not valid.any():
            raise ValueError(f"{self._owner}: no row has valid coordinates in {self.variables}")
        self.shrink_ = find_shrink(first[valid], geographic=self.geographic)
        points, _ = in_plane(first[valid], second[valid], shrink=self.shrink_, geographic=self.geographic)
        self.centres_ = find_centres(points, self.n_clusters, self.seed)

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        first, second = (read_numbers(frame, column, self._owner) for column in self.variables)
        with np.errstate(over="ignore", invalid="ignore"):
            points, valid = in_plane(first, second, shrink=self.shrink_, geographic=self.geographic)
            squares = squared_distances(self.centres_, points[:, :1], points[:, 1:])
        squares[~valid] = np.nan
        columns: list[NDArray[np.float64]] = []
        if self.distances:
            columns += list((np.sqrt(squares) * self.unit).T)
        if self.nearest:
            columns.append(np.where(valid, squares.argmin(axis=1) + 1.0, np.nan))
        added = dict(zip(self._added_names(), columns, strict=True))
        return pd.concat([frame, pd.DataFrame(added, index=frame.index)], axis=1)

    def _added_names(self) -> list[str]:
        numbers = range(1, self.n_clusters + 1) if self.distances else ()
        return [
            *(f"{self.into}_distance_{number}" for number in numbers),
            *([f"{self.into}_nearest"] if self.nearest else []),
        ]

    def _output_names(self, input_names: list[str]) -> list[str]:
        return [*input_names, *self._added_names()]
