"""An average of trees whose splits are drawn by chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from regression_model.build_context import Task
from regression_model.families.class_weights import arrange_weights
from regression_model.families.forest import Forest, few_leaves
from regression_model.search_space import TableFacts, Value


class ExtraTreesFamily(Forest):
    """Extremely randomised trees (Geurts, Ernst and Wehenkel 2006; `sklearn.ensemble.ExtraTreesRegressor`).

    Attributes
    ----------
    class_weight : "balanced", optional
        For classification: weigh rows so that all classes weigh the same.
    """

    family: Literal["extra_trees"] = "extra_trees"
    class_weight: Literal["balanced"] | None = None

    estimators: ClassVar[dict[Task, str]] = {
        "regression": "ExtraTreesRegressor",
        "classification": "ExtraTreesClassifier",
    }

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return good starts; see `Family.portfolio`. Splits by chance want more columns than those of a forest."""
        wide = 1.0 if facts.task == "regression" else 0.5
        return arrange_weights([{**few_leaves(facts), "max_features": wide}], facts)
