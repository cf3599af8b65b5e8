"""A command line to call, and a small model to call it with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from regression_model.artifact import load_pipeline
from regression_model.config import parse_config
from regression_model.train_pipeline import run_training

CONFIG = """
pipeline_name: houses
task: regression
data:
  name: house_prices
  sample: house_prices
  leave_out:
  - column: GrLivArea
    above: 4000
    reason: too large to be typical
target:
  column: SalePrice
  transform: log
  unit: USD
features:
  number: [LotArea, GrLivArea]
  integer:
    OverallQual: From 1 to 10
    YearBuilt:
  category: [Neighborhood]
preprocessing:
- step: log
  columns: [LotArea, GrLivArea]
- step: ordered_encoding
  columns: [Neighborhood]
model:
  family: lasso
  alpha: 0.0001
evaluation:
  folds: 3
  bootstrap_samples: 100
"""


@pytest.fixture(scope="session")
def small_config() -> str:
    """The text of a configuration that trains in a moment on the sample."""
    return CONFIG


@pytest.fixture
def run(run_once: Callable[..., Result]) -> Callable[..., Result]:
    """Return a function that calls the command line in this process."""
    return run_once


@pytest.fixture(scope="session")
def run_once() -> Callable[..., Result]:
    """The same, for fixtures that are made once."""
    from regression_model.cli.app import app

    def call(*arguments: object, text: str | bytes | None = None) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=text)

    return call


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration file that trains in a moment on the sample."""
    path = tmp_path / "houses.yml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small model, trained on the sample; not to be written to."""
    folder = tmp_path_factory.mktemp("model")
    run_training(parse_config(CONFIG), sample=True, output=folder)
    return folder


@pytest.fixture
def rows(model: Path, tmp_path: Path) -> Path:
    """A CSV file with ten good rows."""
    row = load_pipeline(model).example_row()
    lines = [",".join(row)] + [
        ",".join(str({**row, "LotArea": 5000 + 100 * n}[name]) for name in row) for n in range(10)
    ]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
