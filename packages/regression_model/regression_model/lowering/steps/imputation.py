"""Lowerings of what fills missing values, or marks them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from feature_engine.imputation import CategoricalImputer

from regression_model.lowering import number_operations, other_operations, text_operations
from regression_model.lowering.dispatch import lower
from regression_model.steps.adapted.imputers import ConstantNumberImputer, MissingIndicator, NumberImputer
from regression_model.transformers import FrequentCategoryImputer, RelatedImputer, RowSeededSampleImputer
from regression_model.transformers.relations import Relation

if TYPE_CHECKING:
    from regression_model.lowering.builder import Builder


@lower.register(NumberImputer)
def _lower_number_imputer(transformer: NumberImputer, builder: Builder) -> None:
    for name, value in _values_by_name(transformer):
        builder.columns[name] = number_operations.fill_number(builder, builder.slot(name), float(value))


@lower.register(ConstantNumberImputer)
def _lower_constant_imputer(transformer: ConstantNumberImputer, builder: Builder) -> None:
    for name, value in _values_by_name(transformer):
        builder.columns[name] = number_operations.fill_number(builder, builder.slot(name), float(value))


@lower.register(CategoricalImputer)
def _lower_category_imputer(transformer: CategoricalImputer, builder: Builder) -> None:
    for name, value in _values_by_name(transformer):
        builder.columns[name] = text_operations.fill_text(builder, builder.slot(name), value)


def _values_by_name(transformer: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - an imputer of feature-engine
    for name, value in transformer.imputer_dict_.items():
        yield str(name), value


@lower.register(FrequentCategoryImputer)
def _lower_frequent_imputer(transformer: FrequentCategoryImputer, builder: Builder) -> None:
    values = transformer.imputer_.imputer_dict_
    for name, is_numeric in transformer.numeric_.items():
        slot = builder.slot(name)
        if is_numeric:  # booleans, which are numbers by then
            builder.columns[name] = number_operations.fill_number(builder, slot, float(values[name]))
        else:
            builder.columns[name] = text_operations.fill_text(builder, slot, values[name])


@lower.register(MissingIndicator)
def _lower_indicator(transformer: MissingIndicator, builder: Builder) -> None:
    names = [str(name) for name in transformer.variables_]
    builder.columns.update({f"{name}_na": number_operations.is_missing(builder, builder.slot(name)) for name in names})


@lower.register(RowSeededSampleImputer)
def _lower_sample_imputer(transformer: RowSeededSampleImputer, builder: Builder) -> None:
    # The draws are seeded by the columns as they arrive, also by those that are filled here.
    seeds = [builder.slot(name) for name in transformer.seed_columns]
    filled = {}
    for name, values in transformer.values_.items():
        slot, state = builder.slot(name), transformer.find_state(name)
        counts = transformer.cumulative_counts_[name]
        if not builder.known[slot].missing:
            filled[name] = slot
        elif transformer.kinds_[name] == "number":
            filled[name] = other_operations.draw_number(
                builder, slot, state=state, seeds=seeds, values=values, counts=counts
            )
        else:
            filled[name] = other_operations.draw_text(
                builder, slot, state=state, seeds=seeds, values=values.tolist(), counts=counts
            )
    builder.columns.update(filled)


@lower.register(RelatedImputer)
def _lower_related_imputer(transformer: RelatedImputer, builder: Builder) -> None:
    # Relations read the columns as they arrive, also those that are filled here.
    filled = {}
    for name, relations in transformer.relations_.items():
        slot = builder.slot(name)
        low, high = transformer.ranges_[name]
        if builder.numbers(slot).missing:
            estimates = [_estimate(relation, builder) for relation in relations]
            inside = [number_operations.clip(builder, estimate, lower=low, upper=high) for estimate in estimates]
            slot = number_operations.first_known(builder, [slot, *inside])
        filled[name] = number_operations.fill_number(builder, slot, transformer.medians_[name])
    builder.columns.update(filled)


def _estimate(relation: Relation, builder: Builder) -> int:
    shifts = [relation.intercept, *(0.0 for _ in relation.slopes[1:])]
    terms = [
        number_operations.scale_shift(builder, builder.slot(name), scale=slope, shift=shift)
        for name, slope, shift in zip(relation.columns, relation.slopes, shifts, strict=True)
    ]
    return number_operations.add_up(builder, terms) if len(terms) > 1 else terms[0]
