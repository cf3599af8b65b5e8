"""What the tests of the lowering share: a schema with every kind of feature, and a small trained pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from regression_model.config import Config
from regression_model.lowering.builder import Builder
from regression_model.pipeline import build_pipeline
from regression_model.processing.schema import infer_schema
from regression_model.schema import Feature, Schema

SCHEMA = Schema(
    (
        Feature("area", "number", nullable=True, minimum=10.0, maximum=90.0, typical=50.0),
        Feature("rooms", "integer", nullable=False, minimum=1.0, maximum=9.0, typical=4, exclusive_minimum=0.0),
        Feature("pool", "boolean", nullable=False, minimum=0.0, maximum=1.0, typical=False),
        Feature("zone", "category", nullable=True, categories={"RL": 0.7, "RM": 0.3}, typical="RL"),
        Feature("grade", "category", nullable=False, categories={"A": 0.6, "B": 0.4}, typical="A", on_unseen="reject"),
        Feature("sold", "datetime", nullable=True, minimum="2001-01-01", maximum="2009-01-01", typical="2005-05-05"),
    ),
    missing_values=("-999",),
)


@pytest.fixture
def schema() -> Schema:
    return SCHEMA


@pytest.fixture
def builder() -> Builder:
    """A builder at the first step; its slots 0 to 5 are the features of the schema."""
    made = Builder(SCHEMA)
    made.step = "01_step"
    return made


@pytest.fixture(scope="session")
def build_small() -> Callable[..., Any]:
    """Return a function that trains a small model: ``(pipeline, schema, config, frame)``."""

    def build(*, family: dict[str, Any] | None = None, task: str = "regression", transform: str = "none") -> Any:
        draw = np.random.default_rng(0)
        frame = pd.DataFrame(
            {
                "area": np.round(draw.gamma(3, 20, 120) + 1, 1),
                "rooms": draw.integers(1, 9, 120).astype("float64"),
                "zone": pd.Series(draw.choice(["RL", "RM", "FV"], 120), dtype=object),
            }
        )
        price = 10 + frame["area"] + 5 * frame["rooms"] + 20 * (frame["zone"] == "RL")
        frame.loc[::10, "area"] = np.nan
        config = Config.model_validate(
            {
                "pipeline_name": "small",
                "task": task,
                "data": {"name": "small"},
                "target": {"column": "price", "transform": transform},
                "features": {"number": ["area"], "integer": ["rooms"], "category": ["zone"]},
                "preprocessing": [
                    {"step": "impute_number", "columns": "area"},
                    {"step": "log", "columns": ["area"]},
                    {"step": "rare_labels"},
                    {"step": "ordered_encoding"},
                    {"step": "scale"},
                ],
                "model": family or {"family": "ridge"},
            }
        )
        target = price if task == "regression" else pd.Series(np.where(price > price.median(), "dear", "cheap"))
        pipeline = build_pipeline(config).fit(frame, target)
        return pipeline, infer_schema(frame, config), config, frame

    return build
