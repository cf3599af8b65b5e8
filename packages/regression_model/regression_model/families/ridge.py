"""Linear regression with an L2 penalty, which shrinks all coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.families.base import Family
from regression_model.search_space import Distribution, Real, TableFacts, Value


class RidgeFamily(Family):
    """Ridge regression (Hoerl and Kennard 1970), in closed form (`sklearn.linear_model.Ridge`).

    Needs filled and scaled columns.

    Attributes
    ----------
    alpha : float
        Weight of the penalty, above 0; larger means smaller coefficients.
    """

    family: Literal["ridge"] = "ridge"
    alpha: float = Field(default=1.0, gt=0)

    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    scale_sensitive: ClassVar[bool] = True

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return good starts; see `Family.portfolio`."""
        del facts
        return ({"alpha": 10.0}, {"alpha": 1.0})

    @classmethod
    def space(cls, facts: TableFacts) -> Mapping[str, Distribution]:
        """Return what may be tried; see `Family.space`."""
        del facts
        return {"alpha": Real(1e-3, 1e3, log=True)}

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        from sklearn.linear_model import Ridge

        return Ridge(alpha=self.alpha, random_state=context.seed)
