"""Linear regression with an L2 penalty, which shrinks all coefficients."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.families.base import Family


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

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        from sklearn.linear_model import Ridge

        return Ridge(alpha=self.alpha, random_state=context.seed)
