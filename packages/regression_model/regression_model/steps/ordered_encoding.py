"""Numbers for categories, in the order of the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step


class OrderedEncodingStep(Step):
    """Replace categories by 0, 1, 2, ... in ascending order of the target's mean; needs filled columns.

    See `feature_engine.encoding.OrdinalEncoder`. In a classification the order is that of the share of the
    second class (the classes are sorted).

    Attributes
    ----------
    unseen : {"most_frequent", "below"}
        A category not seen in training counts as the most frequent one, or as -1, below all others.
    """

    step: Literal["ordered_encoding"] = "ordered_encoding"
    unseen: Literal["most_frequent", "below"] = "most_frequent"

    accepts: ClassVar[tuple[Kind, ...]] = ("category",)
    default_columns: ClassVar[tuple[str, ...]] = ("category",)
    learns_from_target: ClassVar[bool] = True

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.steps.adapted.by_kind import on_columns

        del context
        if self.unseen == "below":
            return on_columns(_build_encoder, columns, ("category",))
        parameters = ("fallback__variables", "encoder__variables")
        return on_columns(_build_encoder_with_fallback, columns, ("category",), parameters)

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        return {name: "number" if name in columns else kind for name, kind in before.items()}


def _build_encoder(names: Any) -> Any:  # noqa: ANN401 - scikit-learn has no types for either
    from regression_model.steps.adapted.encoders import OrderedEncoder

    return OrderedEncoder(encoding_method="ordered", unseen="encode", variables=names)


def _build_encoder_with_fallback(names: Any) -> Any:  # noqa: ANN401
    from sklearn.pipeline import Pipeline

    from regression_model.transformers import CategoryFallback

    # Behind the fallback nothing is unseen; a missing value is an error still.
    encoder = _build_encoder(names).set_params(unseen="raise")
    return Pipeline([("fallback", CategoryFallback(names or [])), ("encoder", encoder)])
