"""The target around a place."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regression_model.compiled.neighbours import NearestPlaces, arrange, average, find_shrink, in_plane
from regression_model.row_groups import find_row_groups
from regression_model.steps.supervised.base import SupervisedTransformer
from regression_model.steps.supervised.folds import REGRESSION, CrossFitting
from regression_model.steps.supervised.tree_search import find_nearest
from regression_model.transformers.columns import check_column_list, read_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

_N_COORDINATES = 2
_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Neighbourhood:
    """What the training rows say at each place.

    Attributes
    ----------
    places : ndarray of shape (n_places, 2)
        Different places in the plane.
    counts : ndarray of shape (n_places,)
        Training rows at each.
    means : ndarray of shape (n_places, n_outputs)
        Their target.
    """

    places: NDArray[np.float64]
    counts: NDArray[np.float64]
    means: NDArray[np.float64]

    @classmethod
    def of(cls, points: NDArray[np.float64], target: NDArray[np.float64]) -> Neighbourhood:
        """Gather rows by place; they come in the order of `sort_rows`."""
        starts = np.flatnonzero(np.r_[True, (points[1:] != points[:-1]).any(axis=1)])
        counts = np.diff(np.r_[starts, len(points)]).astype(np.float64)
        means = np.add.reduceat(target, starts, axis=0) / counts[:, None]
        return cls(points[starts], counts, means)

    def arranged(self) -> Neighbourhood:
        """Return the same with places that are near each other together, as the search for one row wants them."""
        order = arrange(self.places)
        return Neighbourhood(*(np.ascontiguousarray(item[order]) for item in (self.places, self.counts, self.means)))


def sort_rows(points: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.intp]:
    """Order rows by their content: by place, and at one place by target, so that sums have the same last bits."""
    return np.lexsort((*target.T, points[:, 1], points[:, 0]))


class NeighbourTarget(SupervisedTransformer):
    """Add the target's mean over the nearest training rows.

    Parameters
    ----------
    variables : list of str
        The two coordinates; latitude and longitude in degrees, if they are geographic.
    k : list of int
        Numbers of neighbours, each at least 1 and once. Rows at one place are taken together: with two rows at the
        nearest place, ``k=1`` is their mean.
    weights : {"distance", "uniform"}, default="distance"
        ``distance``: a row counts by one over its distance plus half the usual distance from a place to the next.
    geographic : bool, default=True
        Whether the coordinates are degrees: then distances are measured on a plane that touches the earth at the
        middle latitude of the training rows.
    into : str, default="neighbours"
        Begins the names of the new columns, ``<into>_<k>`` or ``<into>_<k>_<class>``.
    cross_fitting : CrossFitting
        What the target is, and the folds for `fit_transform`: each row gets the mean over rows of other folds.

    Attributes
    ----------
    neighbourhood_ : Neighbourhood
    shrink_ : float
        By which the second coordinate is multiplied.
    softening_ : float
        What is added to a distance, in the plane's unit.

    Notes
    -----
    Missing where a coordinate is, or is out of range. Training rows without coordinates are no neighbours. Degrees of
    longitude are taken as they are: -179 and 181 are one place, but count as 360 degrees apart.

    Examples
    --------
    >>> import pandas as pd
    >>> blocks = pd.DataFrame({"x": [0.0, 1.0, 10.0], "y": [0.0, 0.0, 0.0]})
    >>> near = NeighbourTarget(["x", "y"], [1, 2], weights="uniform", geographic=False).fit(blocks, [1.0, 2.0, 9.0])
    >>> near.transform(pd.DataFrame({"x": [0.4], "y": [0.0]})).iloc[0].tolist()
    [0.4, 0.0, 1.0, 1.5]
    """

    def __init__(
        self,
        variables: list[str],
        k: list[int],
        *,
        weights: str = "distance",
        geographic: bool = True,
        into: str = "neighbours",
        cross_fitting: CrossFitting = REGRESSION,
    ) -> None:
        self.variables = variables
        self.k = k
        self.weights = weights
        self.geographic = geographic
        self.into = into
        self.cross_fitting = cross_fitting

    def _learn_target(self, frame: pd.DataFrame, y: object) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        if len(self.variables) != _N_COORDINATES:
            raise ValueError(f"{self._owner}.variables: expected two columns, got {self.variables}")
        taken = [name for name in self._added_names() if name in frame.columns]
        if taken:
            raise ValueError(f"{self._owner}.into: there are columns {taken} already; choose another beginning")
        first, second = self._read(frame)
        _, valid = in_plane(first, second, shrink=1.0, geographic=self.geographic)
        if not valid.any():
            raise ValueError(f"{self._owner}: no row has valid coordinates in {self.variables}")
        self.shrink_ = find_shrink(first[valid], geographic=self.geographic)
        points, _ = in_plane(first[valid], second[valid], shrink=self.shrink_, geographic=self.geographic)
        target = self.cross_fitting.read(y, self._owner)
        target = target[valid]
        order = sort_rows(points, target)
        self.neighbourhood_ = Neighbourhood.of(points[order], target[order]).arranged()
        self.softening_ = _find_softening(self.neighbourhood_.places)

    def fit_transform(self, X: pd.DataFrame, y: object = None) -> pd.DataFrame:
        """Learn, and give each row the mean over rows of other folds; see `fit`, and `row_groups` for groups of rows.

        Returns
        -------
        DataFrame of shape (n_rows, n_columns + n_added)
        """
        self.fit(X, y)
        frame = self._read_frame(X)
        points, valid = self._find_points(frame)
        target = self.cross_fitting.read(y, self._owner)
        answers = np.full((len(frame), len(self._added_names())), np.nan)
        rows = np.flatnonzero(valid)
        rows = rows[sort_rows(points[rows], target[rows])]
        groups = find_row_groups(len(frame))
        folds = self.cross_fitting.assign(target[rows], None if groups is None else groups[rows])
        for fold in range(self.cross_fitting.folds):
            own, others = rows[folds == fold], rows[folds != fold]
            if len(own):
                # The only row of all has no other one: it is its own neighbour.
                learned = Neighbourhood.of(points[others], target[others]) if len(others) else self.neighbourhood_
                answers[own] = self._average(learned, points[own])
        return self._add(frame, answers)

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        points, valid = self._find_points(frame)
        answers = np.full((len(frame), len(self._added_names())), np.nan)
        answers[valid] = self._average(self.neighbourhood_, points[valid])
        return self._add(frame, answers)

    def _average(self, learned: Neighbourhood, points: NDArray[np.float64]) -> NDArray[np.float64]:
        n = min(max(self.k), len(learned.places))
        softening = self.softening_ if self.weights == "distance" else None
        places = NearestPlaces(learned.places)
        parts = [np.empty((0, len(self._added_names())))]
        for start in range(0, len(points), _ROWS_AT_ONCE):
            squares, positions = find_nearest(places, points[start : start + _ROWS_AT_ONCE], n)
            counts, means = learned.counts[positions], learned.means[positions]
            parts.append(np.hstack([average(squares, counts, means, k, softening) for k in self.k]))
        return np.vstack(parts)

    def _read(self, frame: pd.DataFrame) -> list[NDArray[np.float64]]:
        return [read_numbers(frame, column, self._owner) for column in self.variables]

    def _find_points(self, frame: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        first, second = self._read(frame)
        with np.errstate(over="ignore", invalid="ignore"):
            return in_plane(first, second, shrink=self.shrink_, geographic=self.geographic)

    def _add(self, frame: pd.DataFrame, answers: NDArray[np.float64]) -> pd.DataFrame:
        return pd.concat([frame, pd.DataFrame(answers, index=frame.index, columns=self._added_names())], axis=1)

    def _added_names(self) -> list[str]:
        return [sys.intern(f"{self.into}_{k}{ending}") for k in self.k for ending in self.cross_fitting.endings]

    def _output_names(self, input_names: list[str]) -> list[str]:
        return [*input_names, *self._added_names()]


def _find_softening(places: NDArray[np.float64]) -> float:
    """Return half of the usual distance from a place to the next; 1 if there is but one."""
    if len(places) == 1:
        return 1.0
    squares, _ = find_nearest(NearestPlaces(places), places, 2)
    return float(np.sqrt(np.median(squares[:, 1]))) / 2
