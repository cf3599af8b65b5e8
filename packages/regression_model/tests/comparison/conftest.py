"""Small models that are versions of each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from regression_model.artifact import load_artifact
from regression_model.artifact.integrity import CheckedFiles, check_model_files
from regression_model.config import parse_config
from regression_model.train_pipeline import run_training

CONFIG = """
pipeline_name: houses
version: {version}
task: regression
data:
  name: house_prices
  sample: house_prices
target:
  column: SalePrice
  transform: log
features:
  number: [{numbers}]
preprocessing:
- step: log
  columns: [LotArea, GrLivArea]
model:
  family: lasso
  alpha: {alpha}
evaluation:
  bootstrap_samples: 100
comparison:
  share_of_rows: {share}
"""


@pytest.fixture(scope="session")
def train(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that trains a version on the sample; folders are not to be written to."""

    def run(version: str, *, alpha: float = 1e-4, numbers: str = "LotArea, GrLivArea", share: float = 0.0) -> Path:
        folder = tmp_path_factory.mktemp(f"v{version}")
        text = CONFIG.format(version=version, alpha=alpha, numbers=numbers, share=share)
        run_training(parse_config(text), sample=True, output=folder)
        return folder

    return run


@pytest.fixture(scope="session")
def first(train) -> Path:
    return train("1.0.0")


@pytest.fixture(scope="session")
def second(train) -> Path:
    """The same settings under another version: the same predictions."""
    return train("1.1.0")


@pytest.fixture(scope="session")
def other(train) -> Path:
    """Other settings, so other predictions."""
    return train("1.1.0", alpha=1e-3)


@pytest.fixture
def old(first) -> CheckedFiles:
    return check_model_files(first)


@pytest.fixture
def load() -> Callable[[Path], object]:
    return load_artifact
