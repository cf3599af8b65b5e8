"""Lowerings of what adds, drops or chooses columns, and of steps made of others."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
from feature_engine.selection import DropFeatures
from sklearn.pipeline import Pipeline

from regression_model.lowering.dispatch import lower, lower_transformer
from regression_model.steps.adapted.by_kind import ByKind
from regression_model.steps.adapted.selectors import DropConstant, DropCorrelated, DropDuplicated, KeepSelected
from regression_model.transformers import ColumnPlaceholder

if TYPE_CHECKING:
    from regression_model.lowering.builder import Builder


@lower.register(ColumnPlaceholder)
def _lower_placeholder(transformer: ColumnPlaceholder, builder: Builder) -> None:
    for name, value in transformer.values.items():
        if name not in builder.columns:
            builder.columns[name] = _add_constant(builder, value, transformer.dtypes_[name])
    builder.reorder([str(name) for name in transformer.get_feature_names_out()])


def _add_constant(builder: Builder, value: Any, dtype: str) -> int:  # noqa: ANN401 - whatever stands for a column
    is_missing = bool(pd.isna(value))
    if dtype.startswith("datetime64"):
        moment = None if is_missing else pd.Timestamp(value).to_pydatetime(warn=False)
        return builder.constant("date", None if moment is None else _write_date(moment))
    if dtype == "object":
        if not is_missing and not isinstance(value, str):
            raise builder.refuse(f"it adds {type(value).__name__} as a category")
        return builder.constant("text", None if is_missing else value)
    if pd.api.types.is_numeric_dtype(dtype):
        return builder.constant("number", None if is_missing else float(value))
    raise builder.refuse(f"it adds a column of dtype {dtype}")


def _write_date(moment: datetime.datetime) -> str:
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    return moment.isoformat()


@lower.register(DropFeatures)
@lower.register(DropConstant)
@lower.register(DropDuplicated)
@lower.register(DropCorrelated)
@lower.register(KeepSelected)
def _lower_drop(transformer: Any, builder: Builder) -> None:  # noqa: ANN401 - any of those that drop columns
    builder.drop(transformer.features_to_drop_)


@lower.register(ByKind)
def _lower_by_kind(transformer: ByKind, builder: Builder) -> None:
    if transformer.transformer_ is not None:
        lower_transformer(transformer.transformer_, builder)


@lower.register(Pipeline)
def _lower_pipeline(transformer: Pipeline, builder: Builder) -> None:
    for _, part in transformer.steps:
        lower_transformer(part, builder)
