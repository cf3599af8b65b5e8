"""Models of CatBoost."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from regression_model.errors import NotLowerableError
from regression_model.lowering.models.base import ProgramBuilder


def lower_booster(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - CatBoost has no types
    """Lower a booster to its trees; it takes any value, missing or infinite.

    Raises
    ------
    NotLowerableError
        If its trees are not oblivious, or ask for anything but numbers.
    """
    described = _describe(model.booster)
    scale, baselines = described["scale_and_bias"]
    try:
        trees: list[dict[str, Any]] = described["oblivious_trees"]
        columns = [feature["flat_feature_index"] for feature in described["features_info"]["float_features"]]
        arrays = _build_arrays(trees, columns, len(baselines))
    except KeyError as error:
        raise NotLowerableError("model", f"there is no compiled form of this booster: it lacks {error}") from error
    n_classes = len(getattr(model, "classes_", ()))
    link = ("softmax" if n_classes > 2 else "sigmoid") if n_classes else "identity"
    names = {key: builder.add_array(f"tree_{key}", array) for key, array in arrays.items()}
    return {
        "kind": "oblivious",
        "link": link,
        "scale": [float(scale)],
        "baselines": [float(start) for start in baselines],
        **names,
    }


def _describe(booster: Any) -> dict[str, Any]:  # noqa: ANN401 - CatBoost has no types
    """Return the booster as a document, which the library writes into files only."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        booster.save_model(str(path), format="json")
        described: dict[str, Any] = json.loads(path.read_bytes())
    return described


def _build_arrays(
    trees: Sequence[Mapping[str, Any]], columns: Sequence[int], n_outputs: int
) -> dict[str, np.ndarray[Any, Any]]:
    """Return the arrays of `regression_model.compiled.models.oblivious.ObliviousTrees`."""
    depths = np.array([len(tree["splits"] or ()) for tree in trees], dtype=np.int32)
    shape = (len(trees), max(1, int(depths.max())))
    features, borders = np.zeros(shape, dtype=np.int32), np.full(shape, np.inf, dtype=np.float32)
    for number, tree in enumerate(trees):
        for level, split in enumerate(tree["splits"] or ()):
            features[number, level] = columns[split["float_feature_index"]]
            borders[number, level] = split["border"]
    values = np.concatenate([np.asarray(tree["leaf_values"], dtype=np.float64) for tree in trees])
    covers = np.concatenate([np.asarray(tree["leaf_weights"], dtype=np.float64) for tree in trees])
    return {
        "depths": depths,
        "features": features,
        "borders": borders,
        "values": values.reshape(-1, n_outputs),
        "covers": covers,
    }
