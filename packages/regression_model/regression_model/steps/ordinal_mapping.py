"""Numbers for categories that have a known order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from regression_model.build_context import BuildContext
from regression_model.steps.base import Kind, Step
from regression_model.steps.named import check_named


class OrdinalMappingStep(Step):
    """Replace categories by 0, 1, 2, ... in a given order; missing stays missing.

    One step for each order: ``columns: [ExterQual, KitchenQual]`` and ``order: [Po, Fa, TA, Gd, Ex]``.

    Attributes
    ----------
    order : tuple of str
        All categories, ascending, each once.
    unseen : {"missing", "lowest", "error"}
        What any other category becomes: missing (fill it afterwards), 0 like the lowest, or an error. With
        ``error``, mark the features ``on_unseen: reject``, so that a request loses one row and not all.
    """

    step: Literal["ordinal_mapping"] = "ordinal_mapping"
    order: Annotated[tuple[str, ...], Field(min_length=2)]
    unseen: Literal["missing", "lowest", "error"] = "missing"

    accepts: ClassVar[tuple[Kind, ...]] = ("category",)

    @model_validator(mode="after")
    def _check_order(self) -> OrdinalMappingStep:
        repeated = sorted({name for name in self.order if self.order.count(name) > 1})
        if repeated:
            raise ValueError(f"'order' names each category once, found more than once: {', '.join(repeated)}")
        return self

    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - see the base class
        """Make the transformer; see `Step.build`."""
        from regression_model.transformers import OrdinalMapping

        del context
        mappings = {name: list(self.order) for name in check_named(self.step, columns)}
        return OrdinalMapping(mappings, unseen=self.unseen)

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say what comes out; see `Step.columns_after`."""
        return {name: "number" if name in columns else kind for name, kind in before.items()}
