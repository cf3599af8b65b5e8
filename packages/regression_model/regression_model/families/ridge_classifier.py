"""Ridge regression on the classes, for many more columns than rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.families.base import Family
from regression_model.search_space import TableFacts, Value

_FEW_ROWS = 5_000


class RidgeClassifierFamily(Family):
    """Ridge regression on the classes, with calibrated probabilities (our own `RidgeProbabilities`).

    In closed form, and so much faster than a logistic regression where there are thousands of columns, such as those
    of MiniRocket. Columns are scaled inside; missing values have to be filled.

    Attributes
    ----------
    alphas : tuple of float
        Weights of the penalty, above 0, of which the one with the smallest leave-one-out error is taken.
    class_weight : "balanced", optional
        Weigh rows so that all classes weigh the same.
    """

    family: Literal["ridge_classifier"] = "ridge_classifier"
    alphas: Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=1)] = (
        *(0.01, 0.1, 1.0, 10.0),
        *(100.0, 1_000.0, 10_000.0, 100_000.0),
    )
    class_weight: Literal["balanced"] | None = None

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)
    scale_sensitive: ClassVar[bool] = True

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return the defaults for small tables, which is where a closed form pays; see `Family.portfolio`."""
        return ({},) if facts.n_rows <= _FEW_ROWS else ()

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        from regression_model.families.adapted.ridge_probabilities import RidgeProbabilities

        del context
        return RidgeProbabilities(alphas=self.alphas, class_weight=self.class_weight)
