"""What the tests of ensembles share: a small table with a category and missing values, and configurations for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from regression_model.config import Config

LINE = {
    "name": "line",
    "preprocessing": [
        {"step": "impute_number", "columns": "number"},
        {"step": "one_hot"},
        {"step": "scale", "columns": "all"},
    ],
    "model": {"family": "ridge"},
}
TREES = {
    "name": "trees",
    "preprocessing": [{"step": "ordered_encoding"}],
    "model": {"family": "hist_gradient_boosting", "max_iter": 8},
}
FOREST = {
    "name": "forest",
    "preprocessing": [{"step": "impute_number", "columns": "number"}, {"step": "ordered_encoding"}],
    "model": {"family": "random_forest", "n_estimators": 5},
}
CLASS_LINE = {**LINE, "model": {"family": "logistic_regression"}}


def build_flats(n_rows: int = 240) -> pd.DataFrame:
    draw = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "area": draw.uniform(20, 160, n_rows).round(1),
            "rooms": draw.integers(1, 7, n_rows).astype("float64"),
            "zone": pd.Series(draw.choice(["north", "south", "west"], n_rows), dtype=object),
        }
    )
    frame["price"] = frame["area"] * frame["zone"].map({"north": 0.8, "south": 1.0, "west": 1.3}) + 5 * frame["rooms"]
    frame.loc[::9, "area"] = np.nan
    return frame


def label(price: pd.Series, classes: int) -> pd.Series:
    names = np.array(["cheap", "dear", "splendid"] if classes == 3 else ["cheap", "dear"], dtype=object)
    return pd.Series(names[pd.qcut(price, classes, labels=False)], dtype=object)


def build_config(
    model: dict[str, Any],
    *,
    task: str = "regression",
    transform: str = "none",
    preprocessing: Sequence[dict[str, Any]] = (),
) -> Config:
    return Config.model_validate(
        {
            "pipeline_name": "flats",
            "task": task,
            "seed": 3,
            "data": {"name": "flats"},
            "target": {"column": "price", "transform": transform},
            "features": {"number": ["area"], "integer": ["rooms"], "category": ["zone"]},
            "preprocessing": list(preprocessing),
            "model": model,
        }
    )


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As in a training: histogram gradient boosting notes how many threads it had."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def flats() -> tuple[pd.DataFrame, pd.Series]:
    frame = build_flats()
    return frame.drop(columns="price"), frame["price"]


@pytest.fixture(scope="session")
def make_config() -> Callable[..., Config]:
    return build_config
