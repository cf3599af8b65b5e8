"""Lowerings of what groups categories, or turns them into numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regression_model.lowering.dispatch import lower
from regression_model.lowering.text_operations import Answer, map_text, one_hot, restrict_text
from regression_model.steps.adapted.encoders import FrequencyEncoder, OneHot, OrderedEncoder, RareLabels
from regression_model.steps.supervised.native_categories import MISSING, UNSEEN, NativeCategories
from regression_model.steps.supervised.target_encoder import TargetEncoder
from regression_model.transformers import CategoryFallback, OrdinalMapping

if TYPE_CHECKING:
    from regression_model.lowering.builder import Builder


@lower.register(RareLabels)
def _lower_rare_labels(transformer: RareLabels, builder: Builder) -> None:
    for name in transformer.variables_:
        builder.columns[name] = restrict_text(
            builder, builder.slot(name), known=transformer.encoder_dict_[name], other=transformer.replace_with
        )


@lower.register(CategoryFallback)
def _lower_fallback(transformer: CategoryFallback, builder: Builder) -> None:
    for name, categories in transformer.categories_.items():
        if transformer.numeric_[name]:
            raise builder.refuse(f"the categories of {name!r} are numbers")
        builder.columns[name] = restrict_text(
            builder, builder.slot(name), known=categories, other=transformer.fallback_[name]
        )


@lower.register(OrdinalMapping)
def _lower_ordinal_mapping(transformer: OrdinalMapping, builder: Builder) -> None:
    unseen: dict[str, Answer] = {"error": "fail", "missing": "missing", "lowest": 0.0}
    for name, codes in transformer.codes_.items():
        builder.columns[name] = map_text(
            builder, builder.slot(name), table=codes, unseen=unseen[transformer.unseen], missing="missing"
        )


@lower.register(OrderedEncoder)
def _lower_ordered_encoder(transformer: OrderedEncoder, builder: Builder) -> None:
    _lower_encoder(transformer, builder)


@lower.register(FrequencyEncoder)
def _lower_frequency_encoder(transformer: FrequencyEncoder, builder: Builder) -> None:
    _lower_encoder(transformer, builder)


def _lower_encoder(transformer: OrderedEncoder | FrequencyEncoder, builder: Builder) -> None:
    if transformer.missing_values != "raise" or transformer.unseen not in ("raise", "encode"):
        raise builder.refuse(f"there is no lowering of {type(transformer).__name__} with its parameters")
    # feature-engine's own numbers for what it has not seen: -1 behind OrdinalEncoder, 0 behind CountFrequencyEncoder.
    unseen: Answer = "fail" if transformer.unseen == "raise" else float(transformer._unseen)
    for name in transformer.variables_:
        table = transformer.encoder_dict_[name]
        builder.columns[name] = map_text(builder, builder.slot(name), table=table, unseen=unseen, missing="fail")


@lower.register(OneHot)
def _lower_one_hot(transformer: OneHot, builder: Builder) -> None:
    added = {}
    for name in transformer.variables_:
        categories = transformer.encoder_dict_[name]
        slots = one_hot(builder, builder.slot(name), categories)
        added.update({f"{name}_{category}": slot for category, slot in zip(categories, slots, strict=True)})
    builder.drop(transformer.variables_)
    builder.columns.update(added)


@lower.register(NativeCategories)
def _lower_native_categories(transformer: NativeCategories, builder: Builder) -> None:
    for name, codes in transformer.codes_.items():
        slot = builder.slot(name)
        if not codes:  # all of the training rows lack it
            builder.columns[name] = map_text(builder, slot, table={"": UNSEEN}, unseen=UNSEEN, missing=MISSING)
            continue
        builder.columns[name] = map_text(builder, slot, table=codes, unseen=UNSEEN, missing=MISSING)


@lower.register(TargetEncoder)
def _lower_target_encoder(transformer: TargetEncoder, builder: Builder) -> None:
    added = {}
    for name, rows in transformer.tables_.items():
        for position, ending in enumerate(transformer.cross_fitting.endings):
            added[f"{name}{ending}"] = map_text(
                builder,
                builder.slot(name),
                table={text: numbers[position] for text, numbers in rows.items()},
                unseen=transformer.mean_[position],
                missing=transformer.missing_[name][position],
            )
    if transformer.cross_fitting.classes:
        builder.drop(transformer.tables_)
    builder.columns.update(added)
