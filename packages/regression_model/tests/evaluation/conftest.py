"""Predictions to evaluate: a regression and a classification, with names that try to break out."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from regression_model.evaluation import (
    ReportInputs,
    build_scorer,
    compute_learning_curve,
    evaluate_predictions,
)
from regression_model.evaluation.scoring import LabelledRows, Predict

EVIL = "<script>alert(1)</script>"
N_ROWS = 400


@pytest.fixture(scope="session")
def frame() -> pd.DataFrame:
    """Model-ready features of every dtype; `area` matters, `noise` does not."""
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "area": rng.gamma(4.0, 40.0, N_ROWS),
            "noise": np.where(rng.random(N_ROWS) < 0.2, np.nan, rng.normal(size=N_ROWS)),
            EVIL: pd.Series(rng.choice(["a$b$", "<b>", None], N_ROWS).tolist(), dtype=object),
            "数": pd.Series(rng.choice(["x", "y"], N_ROWS).tolist(), dtype=object),
            "sold": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, N_ROWS), unit="D"),
            "constant": 1.0,
        }
    )


def _predict_price(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    return 1000.0 * frame["area"].to_numpy()


def _predict_probabilities(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    positive = 1 / (1 + np.exp(-(frame["area"].to_numpy() - 260) / 30))
    return np.column_stack([1 - positive, positive])


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    return {
        "pipeline_name": "regression_model",
        "model_version": "1.2.3",
        "task": "regression",
        "target": {"column": "price|eur", "transform": "log", "unit": "EUR"},
        "data": {
            "name": "houses", "kind": "csv", "location": "houses.csv", "sha256": "ab" * 32, "n_rows": 2344,
            "n_columns": 81, "synthetic": False,
        },
        "rows": {
            "total": 2344, "used": 2340, "left_out": {"target is missing": 3, EVIL: 1}, "train": 1872,
            "holdout": 468,
        },
        "schema": {"features": [
            {
                "name": "area|m2", "dtype": "number", "nullable": False, "minimum": 12.5, "maximum": 215000.0,
                "categories": None, "on_unseen": None, "description": "living *area*",
            },
            {
                "name": "zone", "dtype": "category", "nullable": True, "minimum": None, "maximum": None,
                "categories": dict.fromkeys("abcdefgh", 0.125), "on_unseen": "other", "description": EVIL,
            },
        ]},
        "description": "Prices of houses",
        "config": {
            "preprocessing": [
                {"step": "impute_number", "columns": ["area|m2", "rooms"], "by": "median", "fallback": None},
                {"step": "one_hot", "columns": []},
            ]
        },
        "model": {"family": "ridge", "parameters": {"alpha": 0.5, "solver": "auto"}},
        "metrics": {},
        "seeds": {"run": 1},
        "libraries": {"scikit-learn": "1.9.1", "numpy": "2.4.6"},
        "platform": {"system": "Linux", "machine": "x86_64", "python": "3.11"},
        "git": {"commit": "c0ffee", "dirty": True},
    }  # fmt: skip


@pytest.fixture(scope="session")
def regression_inputs(frame: pd.DataFrame, manifest: dict[str, Any]) -> ReportInputs:
    rng = np.random.default_rng(8)
    predicted = _predict_price(frame)
    actual = predicted * rng.lognormal(0.0, 0.15, N_ROWS)

    def fit(train: pd.DataFrame, target: npt.NDArray[Any]) -> Predict:
        slope = float(np.median(target / train["area"]))
        return lambda rows: slope * rows["area"].to_numpy()

    rows = LabelledRows(frame, actual)
    return ReportInputs(
        title=f"Houses {EVIL}",
        model_version="1.2.3",
        task="regression",
        evaluation=evaluate_predictions("regression", actual, predicted, n_bootstrap=50),
        frame=frame,
        actual=actual,
        predicted=predicted,
        facts=manifest,
        predict=_predict_price,
        learning_curve=compute_learning_curve(build_scorer("regression"), fit, rows, rows, fractions=(0.25, 1.0)),
        target_name="price $ and $ more",
        target_unit="EUR",
        importance_repeats=2,
    )


@pytest.fixture(scope="session")
def classification_inputs(frame: pd.DataFrame) -> ReportInputs:
    classes = ("no", EVIL)
    probabilities = _predict_probabilities(frame)
    actual = np.where(np.random.default_rng(9).random(N_ROWS) < probabilities[:, 1], *classes[::-1]).astype(object)
    predicted = np.asarray(classes, dtype=object)[probabilities.argmax(axis=1)]
    return ReportInputs(
        title="Calls",
        model_version="0.1.0",
        task="classification",
        evaluation=evaluate_predictions("classification", actual, predicted, probabilities, classes, n_bootstrap=50),
        frame=frame,
        actual=actual,
        predicted=predicted,
        probabilities=probabilities,
        predict=_predict_probabilities,
        target_name="y",
        importance_repeats=2,
    )
