"""Columns on one scale, as linear models and distances need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import CodeUse, Kind, Step


class ScaleStep(Step):
    """Shift and scale each column; missing stays missing.

    Attributes
    ----------
    method : {"standard", "minmax", "robust"}
        To mean 0 and standard deviation 1; to the interval [0, 1] of the training rows; or to median 0 and
        interquartile range 1 (`StandardScaler`, `MinMaxScaler`, `RobustScaler`).
    """

    step: Literal["scale"] = "scale"
    method: Literal["standard", "minmax", "robust"] = "standard"

    accepts: ClassVar[tuple[Kind, ...]] = ("number", "boolean")
    codes: ClassVar[CodeUse] = "rewrites"
    default_columns: ClassVar[tuple[str, ...]] = ("all",)

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from feature_engine.wrappers import SklearnTransformerWrapper
        from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

        from regression_model.steps.adapted.by_kind import on_columns

        del context
        scaler = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler}[self.method]
        return on_columns(lambda names: SklearnTransformerWrapper(scaler(), variables=names), columns, ("number",))

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        return {name: "number" if name in columns else kind for name, kind in before.items()}
