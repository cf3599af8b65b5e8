"""Every model family has a compiled form, for each task it can do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from regression_model.compiled import CompiledPipeline
from regression_model.config import Config
from regression_model.families.registry import model_families
from regression_model.lowering import compile_pipeline, prove_equality
from regression_model.pipeline import build_pipeline
from regression_model.processing.schema import infer_schema

FEW: dict[str, dict[str, Any]] = {
    "catboost": {"iterations": 20},
    "extra_trees": {"n_estimators": 5},
    "hist_gradient_boosting": {"max_iter": 5},
    "keras_mlp": {"epochs": 5},
    "lightgbm": {"n_estimators": 20},
    "mlp": {"epochs": 5},
    "random_forest": {"n_estimators": 5},
    "xgboost": {"n_estimators": 20},
}
FALLS_BACK = {"knn"}
TASKS = [
    pytest.param(
        name,
        task,
        n_classes,
        transform,
        marks=pytest.mark.heavy if family.extra not in (None, "lightgbm") else (),
    )
    for name, family in model_families().items()
    if name not in FALLS_BACK
    for task in family.tasks
    for n_classes, transform in (
        {"regression": [(0, "none"), (0, "log")], "classification": [(2, "none"), (3, "none")]}
    )[task]
]


def build_table(n_classes: int, *, missing: bool) -> tuple[pd.DataFrame, pd.Series[Any]]:
    draw = np.random.default_rng(1)
    frame = pd.DataFrame(draw.normal(size=(200, 4)) * 10, columns=["area", "1stFlrSF", "odd [x], z", "rooms"])
    frame["rooms"] = frame["rooms"].round()
    score = 2 * frame["area"] - frame["1stFlrSF"] + draw.normal(size=200)
    if missing:
        frame = frame.mask(draw.random(frame.shape) < 0.1)
    if not n_classes:
        return frame, score - score.min() + 1
    labels = np.array(["low", "middle", "high"][:n_classes], dtype=object)
    return frame, pd.Series(labels[np.floor(score.rank(pct=True) * n_classes * 0.999).astype(int)])


@pytest.mark.parametrize(("name", "task", "n_classes", "transform"), TASKS)
def test_family_is_compiled_and_predicts_the_same(name, task, n_classes, transform):
    missing = model_families()[name].handles_missing
    frame, target = build_table(n_classes, missing=missing)
    config = Config.model_validate(
        {
            "pipeline_name": "family",
            "task": task,
            "data": {"name": "family"},
            "target": {"column": "y", "transform": transform},
            "features": {"number": ["area", "1stFlrSF", "odd [x], z"], "integer": ["rooms"]},
            "preprocessing": [] if missing else [{"step": "scale"}],
            "model": {"family": name, **FEW.get(name, {})},
        }
    )
    pipeline = build_pipeline(config).fit(frame[:150], target[:150])
    schema = infer_schema(frame[:150], config, frame)
    compiled = CompiledPipeline(compile_pipeline(pipeline, schema, config, frame[:150]), schema)
    rows = [
        {key: None if pd.isna(value) else value for key, value in row.items()}
        for row in frame[150:].to_dict(orient="records")
    ]
    proof = prove_equality(pipeline, compiled, schema, rows)
    assert proof.n_rows > 150
    assert proof.largest_difference <= 1e-9
