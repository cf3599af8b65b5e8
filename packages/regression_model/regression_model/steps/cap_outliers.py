"""Limits to what a column may hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from regression_model.build_context import BuildContext
from regression_model.steps.base import CodeUse, Step

_LARGEST_QUANTILE = 0.2


class CapOutliersStep(Step):
    """Replace values beyond a limit, which is learned, by the limit (`feature_engine.outliers.Winsorizer`).

    Missing stays missing. A column without spread has no limits: training refuses it.

    Attributes
    ----------
    method : {"gaussian", "iqr", "mad", "quantiles"}
        Limits lie ``fold`` standard deviations from the mean, interquartile ranges from the quartiles, median
        absolute deviations from the median, or are the quantiles ``fold`` and ``1 - fold``.
    tail : {"right", "left", "both"}
        Whether to cap large values, small ones or both.
    fold : float or "auto"
        Above 0; at most 0.2 for quantiles. ``auto``: 3 (gaussian), 1.5 (iqr), 3.29 (mad), 0.05 (quantiles).
    """

    step: Literal["cap_outliers"] = "cap_outliers"
    codes: ClassVar[CodeUse] = "rewrites"
    method: Literal["gaussian", "iqr", "mad", "quantiles"] = "gaussian"
    tail: Literal["right", "left", "both"] = "right"
    fold: Literal["auto"] | Annotated[float, Field(gt=0)] = "auto"

    @model_validator(mode="after")
    def _check_fold(self) -> CapOutliersStep:
        if self.method == "quantiles" and self.fold != "auto" and self.fold > _LARGEST_QUANTILE:
            raise ValueError(f"with 'method: quantiles', 'fold' is at most {_LARGEST_QUANTILE}, found {self.fold}")
        return self

    def keeps_small_values(self) -> bool:
        """Say that only large values change if only those are capped; see `Step.keeps_small_values`."""
        return self.tail == "right"

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from feature_engine.outliers import Winsorizer

        from regression_model.steps.adapted.by_kind import on_columns

        del context
        return on_columns(
            lambda names: Winsorizer(
                capping_method=self.method,
                tail=self.tail,
                fold=self.fold,
                variables=names,
                missing_values="ignore",
            ),
            columns,
            ("number",),
        )
