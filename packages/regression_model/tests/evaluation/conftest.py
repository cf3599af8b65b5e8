"""Predictions to evaluate: a regression and a classification, with names that try to break out."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
from regression_model.train_pipeline import TrainingResult

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


def build_manifest(trained: TrainingResult, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the manifest of a real training with other values under some of its keys (``target.column``)."""
    manifest: dict[str, Any] = json.loads(json.dumps(trained.manifest.content))
    for path, value in changes.items():
        *sections, key = path.split(".")
        section: Any = manifest
        for name in sections:
            section = section[int(name) if name.isdigit() else name]
        assert key in section, f"a manifest has no {path}"
        section[key] = value
    return manifest


@pytest.fixture(scope="session")
def manifest(trained: TrainingResult) -> dict[str, Any]:
    """Of the published model, as if its table were real, and with names that try to break out."""
    return build_manifest(
        trained,
        {
            "description": "Prices of *houses*",
            "target.column": "price|eur",
            "target.unit": "EUR",
            "data.synthetic": False,
            "rows.left_out": {"target is missing": 3, EVIL: 1},
            "schema.features.0.name": "area|m2",
            "schema.features.1.description": EVIL,
            "git": {"commit": "c0ffee", "dirty": True},
        },
    )


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
