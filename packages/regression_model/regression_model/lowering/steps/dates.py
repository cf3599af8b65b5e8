"""Lowering of what reads dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regression_model.lowering.dispatch import lower
from regression_model.lowering.other_operations import date_part
from regression_model.steps.adapted.date_parts import DateParts

if TYPE_CHECKING:
    from regression_model.lowering.builder import Builder


@lower.register(DateParts)
def _lower_date_parts(transformer: DateParts, builder: Builder) -> None:
    added = {
        f"{name}_{part}": date_part(builder, builder.slot(name), part)
        for name in transformer.variables
        for part in transformer.features_to_extract
    }
    builder.drop(transformer.variables)
    builder.columns.update(added)
