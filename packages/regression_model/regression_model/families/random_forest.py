"""An average of trees, each grown on a bootstrap sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import Task
from regression_model.families.class_weights import arrange_weights
from regression_model.families.forest import Forest, few_leaves
from regression_model.search_space import TableFacts, Value


class RandomForestFamily(Forest):
    """Random forest (Breiman 2001; `sklearn.ensemble.RandomForestRegressor`, `RandomForestClassifier`).

    Attributes
    ----------
    max_features : {"sqrt", "log2"} or float
        See `Forest`; by default a third, as Breiman does for regression.
    class_weight : {"balanced", "balanced_subsample"}, optional
        For classification: weigh rows so that all classes weigh the same, in all rows or in each tree's sample.
    """

    family: Literal["random_forest"] = "random_forest"
    max_features: Literal["sqrt", "log2"] | Annotated[float, Field(gt=0, le=1)] = 1 / 3
    class_weight: Literal["balanced", "balanced_subsample"] | None = None

    estimators: ClassVar[dict[Task, str]] = {
        "regression": "RandomForestRegressor",
        "classification": "RandomForestClassifier",
    }

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return good starts; see `Family.portfolio`."""
        wide: Value = 0.4 if facts.task == "regression" else "sqrt"
        return arrange_weights([{**few_leaves(facts), "max_features": wide}], facts)
