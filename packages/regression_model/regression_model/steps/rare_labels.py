"""One name for all rare categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step


class RareLabelsStep(Step):
    """Group rare categories, and those not seen in training, under one name; missing stays missing.

    See `feature_engine.encoding.RareLabelEncoder`.

    Attributes
    ----------
    tol : float
        Least share of the training rows, in [0, 1], of a category that is kept.
    n_categories : int
        Columns with at most this many categories keep all of them.
    replace_with : str
        Name of the group.
    """

    step: Literal["rare_labels"] = "rare_labels"
    tol: float = Field(default=0.05, ge=0, le=1)
    n_categories: int = Field(default=1, ge=0)
    replace_with: Annotated[str, Field(min_length=1)] = "Rare"

    accepts: ClassVar[tuple[Kind, ...]] = ("category",)
    default_columns: ClassVar[tuple[str, ...]] = ("category",)

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.steps.adapted.encoders import RareLabels

        del context
        return on_columns(
            lambda names: RareLabels(
                tol=self.tol, n_categories=self.n_categories, replace_with=self.replace_with, variables=names
            ),
            columns,
            ("category",),
        )
