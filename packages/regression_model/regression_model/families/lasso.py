"""Linear regression with an L1 penalty, which sets the coefficients of useless columns to zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.families.base import Family
from regression_model.search_space import Distribution, Real, TableFacts, Value


class LassoFamily(Family):
    """Lasso (Tibshirani 1996), by coordinate descent (`sklearn.linear_model.Lasso`).

    Attributes
    ----------
    alpha : float
        Weight of the penalty, above 0; larger means fewer columns.
    max_iter : int
        Upper bound of the passes over all columns.
    tol : float
        The duality gap, relative to the target's, at which to stop.
    """

    family: Literal["lasso"] = "lasso"
    alpha: float = Field(default=0.001, gt=0)
    max_iter: int = Field(default=10_000, ge=1)
    tol: float = Field(default=1e-6, gt=0)

    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    scale_sensitive: ClassVar[bool] = True

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return good starts, for a target on the scale of a logarithm or about; see `Family.portfolio`."""
        del facts
        return ({"alpha": 0.001, "tol": 1e-4}, {"alpha": 0.0003, "tol": 1e-4})

    @classmethod
    def space(cls, facts: TableFacts) -> Mapping[str, Distribution]:
        """Return what may be tried; see `Family.space`."""
        del facts
        return {"alpha": Real(1e-5, 1.0, log=True)}

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        from sklearn.linear_model import Lasso

        return Lasso(alpha=self.alpha, max_iter=self.max_iter, tol=self.tol, random_state=context.seed)
