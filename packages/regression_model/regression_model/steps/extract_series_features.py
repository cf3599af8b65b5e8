"""Features of time series as columns of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step

_SETS = {"tsfresh_minimal": "minimal", "tsfresh_efficient": "efficient", "tsfresh": "comprehensive"}


def _as_list(value: Any) -> Any:  # noqa: ANN401 - raw value from the file
    """Let ``names: mean`` stand for a list of one."""
    return [value] if isinstance(value, str) else value


class ExtractSeriesFeaturesStep(Step):
    """Replace series by features of theirs, columns ``<column>__<feature>`` without missing values.

    Missing measurements are put on the line between their neighbours. A feature that is not defined for a series,
    because it is too short or missing as a whole, gets its median over the training rows.

    Attributes
    ----------
    extractor : {"tsfresh_minimal", "tsfresh_efficient", "tsfresh", "minirocket"}
        tsfresh's sets of features, which need the extra ``timeseries``; or MiniRocket's convolutions, which are faster
        and want a linear model behind them.
    names : tuple of str
        For ``tsfresh``: compute these features only, named as tsfresh names them (``mean``, ``quantile__q_0.1``).
    relevant : bool
        For tsfresh: keep the features that a test finds relevant for the target, at least 10. The test is part of
        fitting, so that it never sees the rows that a fold is measured with; serving computes what was kept.
    fdr_level : float
        Expected share of irrelevant ones among these features, in (0, 1).
    n_features : int
        For ``minirocket``: how many features, rounded down to a multiple of 84 for each column.
    """

    step: Literal["extract_series_features"] = "extract_series_features"
    extractor: Literal["tsfresh_minimal", "tsfresh_efficient", "tsfresh", "minirocket"] = "tsfresh_efficient"
    names: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    relevant: bool = True
    fdr_level: float = Field(default=0.05, gt=0, lt=1)
    n_features: int = Field(default=9_996, ge=84, le=100_000)

    accepts: ClassVar[tuple[Kind, ...]] = ("series",)
    default_columns: ClassVar[tuple[str, ...]] = ("series",)
    learns_columns: ClassVar[bool] = True

    @property
    def extra(self) -> str | None:
        """``timeseries`` for what tsfresh computes; see `Step.extra`."""
        return None if self.extractor == "minirocket" else "timeseries"

    @property
    def learns_from_target(self) -> bool:
        """Whether relevance is tested; see `Step.learns_from_target`."""
        return self.relevant and self.extractor != "minirocket"

    @model_validator(mode="after")
    def _check_names(self) -> ExtractSeriesFeaturesStep:
        if self.names and self.extractor != "tsfresh":
            raise ValueError(f"'names' goes with 'extractor: tsfresh'; {self.extractor!r} has its own features")
        return self

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns

        if self.extractor == "minirocket":
            from regression_model.transformers.series.minirocket import MiniRocketFeatures

            return on_columns(
                lambda names: MiniRocketFeatures(names or [], self.n_features, context.seed), columns, self.accepts
            )
        from regression_model.transformers.series.tsfresh_features import TsfreshFeatures

        task = context.task if self.relevant else None
        return on_columns(
            lambda names: TsfreshFeatures(names or [], _SETS[self.extractor], self.names, task, self.fdr_level),
            columns,
            self.accepts,
        )

    def sources(self, output: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Name the column of series; see `Step.sources`."""
        fitting = [column for column in columns if output.startswith(f"{column}__")]
        return (max(fitting, key=len),) if fitting else super().sources(output, columns)
