"""Lowering of what joins a reference table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.lowering.dispatch import lower
from regression_model.lowering.other_operations import look_up_key, look_up_nearest
from regression_model.transformers import LookupJoin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from regression_model.lowering.builder import Builder


@lower.register(LookupJoin)
def _lower_lookup(transformer: LookupJoin, builder: Builder) -> None:
    slots = [builder.slot(name) for name in transformer.key_columns]
    values = _read_values(transformer, builder)
    if transformer.by == "nearest":
        for slot in slots:
            builder.numbers(slot)
        places = np.asarray(transformer.finder_.places, dtype=np.float64)
        limit_km = None if transformer.max_distance_km is None else float(transformer.max_distance_km)
        found = look_up_nearest(builder, slots, places=places, values=values, max_distance_km=limit_km)
    else:
        found = look_up_key(builder, slots, keys=_read_keys(transformer, builder), values=values)
    builder.columns.update(zip(transformer.values_, found, strict=True))


def _read_values(transformer: LookupJoin, builder: Builder) -> NDArray[np.float64]:
    """Return the added columns without the row of missing values at their end."""
    for name, values in transformer.values_.items():
        if values.dtype != np.float64:
            raise builder.refuse(f"there is no lowering of the looked-up column {name!r} of dtype {values.dtype}")
    return np.column_stack([values[:-1] for values in transformer.values_.values()])


def _read_keys(transformer: LookupJoin, builder: Builder) -> list[list[Any]]:
    keys = []
    for level, (name, is_numeric) in enumerate(zip(transformer.key_columns, transformer.numeric_keys_, strict=True)):
        values = transformer.finder_.get_level_values(level).tolist()
        if is_numeric:
            builder.numbers(builder.slot(name))
            if not np.isfinite(values).all():
                raise builder.refuse(f"the keys {name!r} of its table are not all finite")
        else:
            builder.categories(builder.slot(name))
            if not all(isinstance(value, str) for value in values):
                raise builder.refuse(f"the keys {name!r} of its table are neither all numbers nor all text")
        keys.append(values)
    return keys
