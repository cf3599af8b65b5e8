"""Lowerings of what changes numbers, each by itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from feature_engine.outliers import Winsorizer
from feature_engine.transformation import LogCpTransformer, LogTransformer
from feature_engine.wrappers import SklearnTransformerWrapper
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from regression_model.lowering import number_operations as operations
from regression_model.lowering.dispatch import lower
from regression_model.steps.adapted.powers import YeoJohnson
from regression_model.transformers import Binarise

if TYPE_CHECKING:
    from regression_model.lowering.builder import Builder


@lower.register(Binarise)
def _lower_binarise(transformer: Binarise, builder: Builder) -> None:
    for name in transformer.variables:
        builder.columns[name] = operations.above(builder, builder.slot(name), threshold=transformer.threshold)


@lower.register(Winsorizer)
def _lower_winsorizer(transformer: Winsorizer, builder: Builder) -> None:
    if transformer.add_indicators:
        raise builder.refuse("there is no lowering of its indicators")
    if transformer.missing_values == "raise":
        _require_finite(builder, transformer.variables_)
    for name in map(str, transformer.variables_):
        lower_cap = _find_cap(transformer.left_tail_caps_, name)
        upper_cap = _find_cap(transformer.right_tail_caps_, name)
        builder.columns[name] = operations.clip(builder, builder.slot(name), lower=lower_cap, upper=upper_cap)


def _find_cap(caps: Mapping[Any, Any], name: str) -> float | None:
    cap = caps.get(name)
    return None if cap is None or math.isnan(cap) else float(cap)


@lower.register(LogTransformer)
def _lower_log(transformer: LogTransformer, builder: Builder) -> None:
    _check_base(transformer, builder)
    _require_finite(builder, transformer.variables_)
    for name in map(str, transformer.variables_):
        builder.columns[name] = operations.log(builder, builder.slot(name))


@lower.register(LogCpTransformer)
def _lower_log_of_sum(transformer: LogCpTransformer, builder: Builder) -> None:
    _check_base(transformer, builder)
    _require_finite(builder, transformer.variables_)
    for name in map(str, transformer.variables_):
        constant = transformer.C_[name] if isinstance(transformer.C_, Mapping) else transformer.C_
        # Not log1p, which differs near zero: the library adds and then takes the logarithm.
        shifted = operations.scale_shift(builder, builder.slot(name), scale=1.0, shift=float(constant))
        builder.columns[name] = operations.log(builder, shifted)


def _check_base(transformer: LogTransformer | LogCpTransformer, builder: Builder) -> None:
    if transformer.base != "e":
        raise builder.refuse(f"there is no lowering of logarithms to the base {transformer.base}")


@lower.register(YeoJohnson)
def _lower_yeo_johnson(transformer: YeoJohnson, builder: Builder) -> None:
    _require_finite(builder, transformer.variables_)
    for name in map(str, transformer.variables_):
        power = float(transformer.lambda_dict_[name])
        builder.columns[name] = operations.yeo_johnson(builder, builder.slot(name), power=power)


@lower.register(SklearnTransformerWrapper)
def _lower_wrapped(transformer: SklearnTransformerWrapper, builder: Builder) -> None:
    scaler = transformer.transformer_
    builder.require(
        map(builder.slot, map(str, transformer.variables_)), infinite=True
    )  # scikit-learn lets missing values pass
    if type(scaler) is MinMaxScaler and not scaler.clip:
        for name, scale, shift in zip(map(str, transformer.variables_), scaler.scale_, scaler.min_, strict=True):
            slot = builder.slot(name)
            builder.columns[name] = operations.scale_shift(builder, slot, scale=float(scale), shift=float(shift))
        return
    shifts, scales = _find_shifts(scaler, builder)
    for position, name in enumerate(map(str, transformer.variables_)):
        shift = 0.0 if shifts is None else float(shifts[position])
        scale = 1.0 if scales is None else float(scales[position])
        builder.columns[name] = operations.shift_scale(builder, builder.slot(name), shift=shift, scale=scale)


def _find_shifts(scaler: Any, builder: Builder) -> tuple[Any, Any]:  # noqa: ANN401 - arrays of an estimator without types
    if type(scaler) is StandardScaler:
        return (scaler.mean_ if scaler.with_mean else None, scaler.scale_ if scaler.with_std else None)
    if type(scaler) is RobustScaler:
        return (
            scaler.center_ if scaler.with_centering else None,
            scaler.scale_ if scaler.with_scaling else None,
        )
    raise builder.refuse(f"there is no lowering of {type(scaler).__name__} with its parameters")


def _require_finite(builder: Builder, names: Iterable[str | int]) -> None:
    """Fail rows that feature-engine refuses."""
    builder.require(map(builder.slot, map(str, names)), missing=True, infinite=True)
