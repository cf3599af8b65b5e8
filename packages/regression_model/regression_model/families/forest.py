"""What forests of trees have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext, Task
from regression_model.families.base import Family
from regression_model.families.class_weights import class_settings, may_balance
from regression_model.search_space import Choice, Distribution, TableFacts, Value, Whole

_FEW_ROWS = 5_000


class Forest(Family):
    """An average of trees that are grown independently of each other.

    Missing values may reach it: each split sends them where they fit best, and where training saw none, to the side of
    most rows.

    Attributes
    ----------
    n_estimators : int
        Trees.
    max_depth : int, optional
        Longest way from the root to a leaf; by default trees grow until their leaves are pure or small.
    min_samples_split, min_samples_leaf : int
        Least number of rows in a node that is split, at least 2, and in a leaf, at least 1.
    max_features : {"sqrt", "log2"} or float
        Columns that are considered at a split: the square root or logarithm of their number, or a part in (0, 1].
    """

    n_estimators: int = Field(default=300, ge=1, le=10_000)
    max_depth: int | None = Field(default=None, ge=1)
    min_samples_split: int = Field(default=2, ge=2)
    min_samples_leaf: int = Field(default=1, ge=1)
    max_features: Literal["sqrt", "log2"] | Annotated[float, Field(gt=0, le=1)] = 1.0
    class_weight: str | None = None

    tasks: ClassVar[tuple[Task, ...]] = ("regression", "classification")
    handles_missing: ClassVar[bool] = True

    @classmethod
    def space(cls, facts: TableFacts) -> Mapping[str, Distribution]:
        """Return what may be tried; see `Family.space`."""
        weights = {"class_weight": Choice((None, "balanced"))} if may_balance(facts) else {}
        return {
            "n_estimators": Choice((80, 160)),
            "min_samples_leaf": Whole(max(1, facts.n_rows // 6_000), 30 + facts.n_rows // 1_000, log=True),
            "max_features": Choice(("sqrt", 0.25, 0.4, 0.6, 0.8, 1.0)),
            **weights,
        }

    estimators: ClassVar[dict[Task, str]]
    """Names of the classes in `sklearn.ensemble`, by task."""

    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the estimator; see `Family.build`."""
        from sklearn import ensemble

        settings = self.model_dump(exclude={"family", "class_weight"})
        settings |= class_settings(self.class_weight, context)
        make = getattr(ensemble, self.estimators[context.task])
        return make(**settings, n_jobs=1, random_state=context.seed)


def few_leaves(facts: TableFacts) -> dict[str, Value]:
    """Return the size of a forest that is done in seconds and saved in some 10 MB, however many rows there are."""
    if facts.n_rows < _FEW_ROWS:
        return {"n_estimators": 100, "min_samples_leaf": 2}
    return {"n_estimators": 80, "min_samples_leaf": max(6, facts.n_rows // 3_000)}
