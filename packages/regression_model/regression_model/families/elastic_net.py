"""Linear regression with both an L1 and an L2 penalty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.families.base import Family
from regression_model.search_space import Distribution, Real, TableFacts, Value


class ElasticNetFamily(Family):
    """Elastic net (Zou and Hastie 2005), by coordinate descent (`sklearn.linear_model.ElasticNet`).

    Needs filled and scaled columns.

    Attributes
    ----------
    alpha : float
        Weight of both penalties together, above 0.
    l1_ratio : float
        Part of the L1 penalty, in (0, 1]; at 1 this is a Lasso. (For 0 take ``ridge``, which is exact.)
    max_iter : int
        Upper bound of the passes over all columns.
    tol : float
        The duality gap, relative to the target's, at which to stop.
    """

    family: Literal["elastic_net"] = "elastic_net"
    alpha: float = Field(default=0.001, gt=0)
    l1_ratio: float = Field(default=0.5, gt=0, le=1)
    max_iter: int = Field(default=10_000, ge=1)
    tol: float = Field(default=1e-6, gt=0)

    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    scale_sensitive: ClassVar[bool] = True

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return good starts, for a target on the scale of a logarithm or about; see `Family.portfolio`."""
        del facts
        return ({"alpha": 0.002, "l1_ratio": 0.3, "tol": 1e-4}, {"alpha": 0.0005, "l1_ratio": 0.7, "tol": 1e-4})

    @classmethod
    def space(cls, facts: TableFacts) -> Mapping[str, Distribution]:
        """Return what may be tried; see `Family.space`."""
        del facts
        return {"alpha": Real(1e-5, 1.0, log=True), "l1_ratio": Real(0.05, 1.0)}

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        from sklearn.linear_model import ElasticNet

        return ElasticNet(
            alpha=self.alpha,
            l1_ratio=self.l1_ratio,
            max_iter=self.max_iter,
            tol=self.tol,
            random_state=context.seed,
        )
