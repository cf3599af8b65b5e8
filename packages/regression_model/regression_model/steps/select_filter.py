"""The columns that, each by itself, say most about the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step
from regression_model.steps.named import list_or_none


class SelectFilterStep(Step):
    """Keep the columns with the highest score (`SelectKBest`, `SelectPercentile`); needs filled columns.

    The score is computed from the target as it is, not as the model learns it.

    Attributes
    ----------
    score : {"f", "mutual_information"}
        F statistic of a linear relation (in a classification: of the classes' means), or mutual information,
        which finds other relations too, from neighbours of each row.
    k : int, optional
        How many columns to keep; all if there are no more.
    percentile : float, optional
        Part of the columns to keep, in percent, (0, 100). Exactly one of ``k`` and ``percentile`` is given.
    """

    step: Literal["select_filter"] = "select_filter"
    score: Literal["f", "mutual_information"] = "f"
    k: int | None = Field(default=None, ge=1)
    percentile: float | None = Field(default=None, gt=0, lt=100)

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "boolean")
    default_columns: ClassVar[tuple[str, ...]] = ("all",)
    learns_columns: ClassVar[bool] = True
    learns_from_target: ClassVar[bool] = True

    @model_validator(mode="after")
    def _check_how_many(self) -> SelectFilterStep:
        if (self.k is None) == (self.percentile is None):
            raise ValueError("give exactly one of 'k' and 'percentile'")
        return self

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from sklearn.feature_selection import SelectKBest, SelectPercentile

        from regression_model.steps.adapted.scores import find_score
        from regression_model.steps.adapted.selectors import KeepSelected

        score = find_score(self.score, context)
        names = list_or_none(columns)
        if self.percentile is not None:
            return KeepSelected(SelectPercentile(score, percentile=self.percentile), variables=names)
        return KeepSelected(SelectKBest(score, k=self.k), variables=names)
