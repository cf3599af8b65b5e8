"""How common each category is, as a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step


class FrequencyEncodingStep(Step):
    """Replace categories by how often training saw them (needs filled columns); never seen gives 0.

    See `feature_engine.encoding.CountFrequencyEncoder`.

    Attributes
    ----------
    measure : {"frequency", "count"}
        Share of the training rows, or their number.
    """

    step: Literal["frequency_encoding"] = "frequency_encoding"
    measure: Literal["frequency", "count"] = "frequency"

    accepts: ClassVar[tuple[Kind, ...]] = ("category",)
    default_columns: ClassVar[tuple[str, ...]] = ("category",)

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns
        from regression_model.steps.adapted.encoders import FrequencyEncoder

        del context
        return on_columns(
            lambda names: FrequencyEncoder(encoding_method=self.measure, unseen="encode", variables=names),
            columns,
            ("category",),
        )

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        return {name: "number" if name in columns else kind for name, kind in before.items()}
