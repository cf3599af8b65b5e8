"""Lowerings of what computes a column from several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regression_model.lowering import number_operations as operations
from regression_model.lowering.dispatch import lower
from regression_model.steps.adapted.combination import Combination
from regression_model.steps.supervised.pairs import PairCombiner, name_pair
from regression_model.transformers import ElapsedTime

if TYPE_CHECKING:
    from regression_model.lowering.builder import Builder


@lower.register(ElapsedTime)
def _lower_elapsed_time(transformer: ElapsedTime, builder: Builder) -> None:
    reference = builder.slot(transformer.reference)
    for name in transformer.variables:
        builder.columns[name] = operations.subtract(builder, reference, builder.slot(name))
    if transformer.drop_reference:
        builder.drop([transformer.reference])


@lower.register(Combination)
def _lower_combination(transformer: Combination, builder: Builder) -> None:
    slots = [builder.slot(name) for name in transformer.variables]
    if transformer.operation == "sum":
        result = operations.add_up(builder, slots)
    elif transformer.operation == "product":
        result = operations.multiply(builder, slots)
    elif transformer.operation == "difference":
        result = operations.subtract(builder, slots[0], slots[1])
    else:
        result = operations.divide(builder, slots[0], slots[1])
    builder.columns[transformer.into] = result


@lower.register(PairCombiner)
def _lower_pairs(transformer: PairCombiner, builder: Builder) -> None:
    added = {}
    for operation, first, second in transformer.chosen_:
        one, other = builder.slot(first), builder.slot(second)
        if operation == "ratio":
            slot = operations.divide(builder, one, other)
        elif operation == "difference":
            slot = operations.subtract(builder, one, other)
        elif operation == "sum":
            slot = operations.add_up(builder, [one, other])
        else:
            slot = operations.multiply(builder, [one, other])
        added[name_pair(operation, first, second)] = slot
    builder.columns.update(added)
