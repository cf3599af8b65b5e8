"""Models of XGBoost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from regression_model.compiled.attribution.nodes import TreeNodes
from regression_model.compiled.models.trees import LEAF
from regression_model.errors import NotLowerableError
from regression_model.lowering.models.base import ProgramBuilder
from regression_model.lowering.models.level_order import add_trees

_LEAST_COVER = 1e-16
"""Where the loss is flat, the sum of its second derivatives in a leaf can be zero in single precision."""


def lower_booster(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - XGBoost has no types
    """Lower a booster to its trees; like the library it refuses what single precision can't hold.

    Raises
    ------
    NotLowerableError
        If a tree splits by categories.
    """
    builder.require(builder.column_slots(), infinite=True, single_precision=True)
    described = json.loads(bytes(model.booster.save_raw("json")))["learner"]["gradient_booster"]["model"]
    n_classes = len(getattr(model, "classes_", ()))
    link = ("softmax" if n_classes > 2 else "sigmoid") if n_classes else "identity"
    trees = add_trees((_read_tree(tree) for tree in described["trees"]), builder, np.float32)
    return {"kind": "xgboost", "link": link, "baselines": model.starts_, **trees}


def _read_tree(tree: Mapping[str, Any]) -> TreeNodes:
    """See https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html; a leaf's condition is its value."""
    left, right = np.array(tree["left_children"]), np.array(tree["right_children"])
    if any(tree["split_type"]):
        raise NotLowerableError("model", "a tree splits by categories; encode them as numbers")
    conditions = np.array(tree["split_conditions"], dtype=np.float32)
    return TreeNodes(
        feature=np.where(left < 0, LEAF, np.array(tree["split_indices"])),
        # What is below the condition goes left, of single precision thus what is at most the number before it.
        threshold=np.nextafter(conditions, np.float32(-np.inf)),
        missing_left=np.array(tree["default_left"]).astype(np.bool_),
        left=left,
        right=right,
        cover=np.maximum(np.array(tree["sum_hessian"], dtype=np.float64), _LEAST_COVER),
        values=conditions.astype(np.float64)[:, None],
    )
