"""The answers of the nearest training rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.families.base import Family
from regression_model.search_space import Choice, Distribution, TableFacts, Value, Whole

_EUCLID = 2.0
_FEW_COLUMNS = 15  # of more, trees of rows are no help


class KNNFamily(Family):
    """Nearest neighbours (`sklearn.neighbors.KNeighborsRegressor`, `KNeighborsClassifier`).

    Needs filled and scaled columns. It keeps all training rows and has no compiled form. Where several rows are as far
    away as the last neighbour, the same ones count on every run.

    Attributes
    ----------
    n_neighbors : int
        Rows that answer together; at most as many as there are to learn from.
    weights : {"uniform", "distance"}
        Whether all count alike, or by the inverse of their distance.
    p : float
        Power of the distance (Minkowski), at least 1: 1 sums up absolute differences, 2 is Euclid's.
    """

    family: Literal["knn"] = "knn"
    n_neighbors: int = Field(default=10, ge=1, le=10_000)
    weights: Literal["uniform", "distance"] = "distance"
    p: float = Field(default=2.0, ge=1, le=10)

    tasks: ClassVar[tuple[Task, ...]] = ("regression", "classification")
    scale_sensitive: ClassVar[bool] = True

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return good starts; see `Family.portfolio`."""
        return ({"n_neighbors": 10 if facts.task == "regression" else 40, "weights": "distance", "p": 1.0},)

    @classmethod
    def space(cls, facts: TableFacts) -> Mapping[str, Distribution]:
        """Return what may be tried; see `Family.space`."""
        most = max(2, min(100, facts.n_rows // 20))
        return {
            "n_neighbors": Whole(2, most, log=True),
            "weights": Choice(("uniform", "distance")),
            "p": Choice((1.0, _EUCLID) if facts.n_features <= _FEW_COLUMNS else (1.0,)),
        }

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

        make = KNeighborsClassifier if context.task == "classification" else KNeighborsRegressor
        # Else, of many columns, Euclid's distances are found by products of matrices: these say of equal rows that they
        # are nearly equal, and of one row alone other digits than among others.
        algorithm = "kd_tree" if self.p == _EUCLID else "auto"
        return make(n_neighbors=self.n_neighbors, weights=self.weights, p=self.p, algorithm=algorithm, n_jobs=1)
