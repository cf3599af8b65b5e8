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

from regression_model.compiled import Program
from regression_model.schema import Feature, Schema

SCHEMA = Schema((Feature("x", "number", nullable=False),))


def fit_line(slope: float) -> Pipeline:
    """Fit y = slope * x."""
    frame = pd.DataFrame({"x": np.arange(10.0)})
    return Pipeline([("model", LinearRegression())]).fit(frame, frame["x"] * slope)


def compile_line(slope: float) -> Program:
    """Say y = slope * x as a program, which has each kind of file."""
    content = {
        "format": 1,
        "inputs": ["number"],
        "operations": [],
        "columns": [0],
        "model": {"kind": "linear", "link": "identity", "coefficients": [[slope]], "intercepts": [0.0]},
        "target": "identity",
        "classes": None,
        "explanation": {"shares": [[[0, 1.0]]], "reference": [4.5]},
    }
    return Program(content, {"of_nobody": np.arange(3.0)}, {"booster": "of nobody"})


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


@pytest.fixture(scope="session")
def program() -> Callable[[float], Program]:
    return compile_line
