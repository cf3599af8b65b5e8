"""A small model that is saved again and again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline

from regression_model.processing.schema import Feature, Schema

SCHEMA = Schema((Feature("x", "number", nullable=False),))


def fit_line(slope: float) -> Pipeline:
    """Fit y = slope * x."""
    frame = pd.DataFrame({"x": np.arange(10.0)})
    return Pipeline([("model", LinearRegression())]).fit(frame, frame["x"] * slope)


def build_facts(slope: float = 2.0, version: str = "1.0.0", name: str = "line") -> dict[str, Any]:
    """Say of it what a manifest has to say."""
    return {
        "format": 1,
        "pipeline_name": name,
        "model_version": version,
        "task": "regression",
        "classes": None,
        "schema": SCHEMA.to_json(),
        "libraries": {"scikit-learn": sklearn.__version__},
        "golden_rows": {"rows": [{"x": 3.0}], "predictions": [3.0 * slope], "probabilities": None},
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture(scope="session")
def fit() -> Callable[[float], Pipeline]:
    return fit_line


@pytest.fixture(scope="session")
def facts() -> Callable[..., dict[str, Any]]:
    return build_facts
