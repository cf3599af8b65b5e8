"""Windows of a made-up signal, slow or fast, as a long table with labels beside it, and a model of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from regression_model.artifact import Artifact, load_pipeline
from regression_model.config import Config, parse_config
from regression_model.train_pipeline import TrainingResult, run_training

N_WINDOWS, LENGTH = 60, 32
TEXT = """\
pipeline_name: waves
version: 1.2.3
task: classification
seed: 5
data:
  name: waves
  time_series:
    id: window
    values: speed
    labels: labels.json
target:
  column: pace
features:
  series:
    speed: How fast
preprocessing:
  - step: extract_series_features
    extractor: minirocket
    n_features: 420
model:
  family: ridge_classifier
evaluation:
  holdout_fraction: 0.25
  folds: 3
  bootstrap_samples: 100
"""


def build_measurements() -> list[dict[str, Any]]:
    """Each second window begins in the middle of the one before; numbers of windows are not consecutive."""
    generator = np.random.default_rng(3)
    rows = []
    for number in range(N_WINDOWS // 2):
        moments = np.arange(LENGTH * 3 // 2)
        signal = np.sin(moments * (0.9 if number % 2 else 0.5)) + generator.normal(size=moments.size) / 4
        for place, start in enumerate((0, LENGTH // 2)):
            window = signal[start : start + LENGTH - number % 4].tolist()
            rows += [{"window": 10 * number + 3 * place, "speed": value} for value in window]
    return rows


def as_columns(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {str(place): row[name] for place, row in enumerate(rows)} for name in rows[0]}


@pytest.fixture(scope="session")
def measurements() -> list[dict[str, Any]]:
    return build_measurements()


@pytest.fixture(scope="session")
def table(measurements, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of measurements, its labels beside it."""
    folder = tmp_path_factory.mktemp("waves")
    ids = list(dict.fromkeys(row["window"] for row in measurements))
    labels = [{"window": number, "pace": "fast" if (number // 10) % 2 else "slow"} for number in ids]
    (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    (folder / "waves.json").write_text(json.dumps(as_columns(measurements)), encoding="utf-8")
    return folder / "waves.json"


@pytest.fixture(scope="session")
def change_config() -> Callable[..., Config]:
    """Return a function that makes the configuration with texts replaced."""

    def change(**replaced: str) -> Config:
        text = TEXT
        for old, new in replaced.items():
            assert old in text
            text = text.replace(old, new)
        return parse_config(text)

    return change


@pytest.fixture(scope="session")
def waves_result(table, change_config, tmp_path_factory: pytest.TempPathFactory) -> TrainingResult:
    return run_training(
        change_config(folds="groups: overlap\n  folds"), data_path=table, output=tmp_path_factory.mktemp("model")
    )


@pytest.fixture(scope="session")
def waves(waves_result) -> Artifact:
    return load_pipeline(waves_result.path)
