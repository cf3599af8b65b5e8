"""An average of trees whose splits are drawn by chance."""

from __future__ import annotations

from typing import ClassVar, Literal

from regression_model.build_context import Task
from regression_model.families.forest import Forest


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
