"""Feed-forward networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from regression_model.compiled.models.network import NO_BOUND
from regression_model.lowering.models.base import ProgramBuilder


def lower_number_network(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower a network that predicts a number."""
    target = [model.target_centre_, model.target_scale_, *model.target_range_]
    return _lower(model, "identity", builder) | {"target": [float(number) for number in target]}


def lower_class_network(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower a network that predicts a class: of two by one output, of more by one for each."""
    link = "softmax" if len(model.classes_) > 2 else "sigmoid"
    return _lower(model, link, builder) | {"target": [0.0, 1.0, -NO_BOUND, NO_BOUND]}


def _lower(model: Any, link: str, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    builder.require(builder.column_slots(), missing=True, infinite=True)
    arrays = {name: getattr(model, f"{name}_") for name in ("centre", "scale", "lowest", "highest")}
    for number, (weights, biases) in enumerate(model.layers_):
        arrays |= {f"weights_{number}": weights, f"biases_{number}": biases}
    section: dict[str, Any] = {
        "kind": "network",
        "link": link,
        "n_layers": len(model.layers_),
        "activation": model.activation,
    }
    for name, array in arrays.items():
        section[name] = builder.add_array(f"network_{name}", np.asarray(array, dtype=np.float64))
    return section
