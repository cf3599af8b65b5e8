"""Feed-forward networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from regression_model.lowering.models.base import ProgramBuilder


def lower_number_network(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower a network that predicts a number."""
    return _lower(model, "identity", builder) | {
        "offset": [float(model.target_centre_)],
        "factor": [float(model.target_scale_)],
    }


def lower_class_network(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - scikit-learn has no types
    """Lower a network that predicts a class: of two by one output, of more by one for each."""
    link = "softmax" if len(model.classes_) > 2 else "sigmoid"
    return _lower(model, link, builder) | {"offset": [0.0], "factor": [1.0]}


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
