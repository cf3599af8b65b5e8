"""A small model, trained as the command line trains."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regression_model.artifact import Manifest
from regression_model.config import parse_config
from regression_model.train_pipeline import run_training_isolated

CONFIG = """
pipeline_name: houses
task: regression
data:
  name: house_prices
  sample: house_prices
target:
  column: SalePrice
  transform: log
features:
  # Not in the order of the alphabet, which is that of a manifest's keys.
  number: [LotArea, GrLivArea, BsmtFinSF1]
  category: [Neighborhood]
preprocessing:
- step: impute_number
  columns: BsmtFinSF1
- step: ordered_encoding
  columns: [Neighborhood]
model:
  family: random_forest
  n_estimators: 5
  max_depth: 4
evaluation:
  folds: 2
  bootstrap_samples: 100
"""


@pytest.fixture(scope="session")
def config_text() -> str:
    """The text of its configuration."""
    return CONFIG


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the model; not to be written to."""
    folder = tmp_path_factory.mktemp("saved")
    # A file in no repository: what is committed here, and whether all of it is, must not matter.
    config = parse_config(CONFIG, file=folder / "config.yml")
    run_training_isolated(config, sample=True, output=folder)
    return folder


@pytest.fixture
def content(saved: Path) -> dict[str, Any]:
    """What its manifest says."""
    return json.loads(next(saved.glob("*.manifest.json")).read_bytes())


@pytest.fixture
def doctor(saved: Path, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that copies the model, and changes its manifest as somebody who computes its digest anew."""

    def change(**changes: Any) -> Path:
        folder = tmp_path / "doctored"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(saved, folder)
        path = next(folder.glob("*.manifest.json"))
        path.write_bytes(Manifest.seal({**json.loads(path.read_bytes()), **changes}).to_bytes())
        return folder

    return change
