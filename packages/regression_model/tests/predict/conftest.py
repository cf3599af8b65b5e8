"""Two small models, and rows for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from regression_model.artifact import Artifact, Manifest, load_artifact, load_pipeline
from regression_model.config import parse_config
from regression_model.train_pipeline import run_training

HOUSES = """
pipeline_name: houses
task: regression
data:
  name: house_prices
  sample: house_prices
target:
  column: SalePrice
  transform: log
features:
  number: [LotArea, GrLivArea, LotFrontage]
  integer: [OverallQual, YearBuilt]
  category:
    Neighborhood: Where it is
    Street: {on_unseen: reject}
preprocessing:
- step: impute_number
  columns: [LotFrontage]
- step: log
  columns: [LotArea, GrLivArea]
- step: ordered_encoding
  columns: [Neighborhood, Street]
model:
  family: lasso
  alpha: 0.0001
evaluation:
  bootstrap_samples: 100
"""

COLOURS = """
pipeline_name: colours
task: classification
data:
  name: colours
target:
  column: colour
features:
  number: [emp.var.rate, emp]
model:
  family: logistic_regression
evaluation:
  bootstrap_samples: 100
"""


FORMS = {"compiled": load_artifact, "pipeline": load_pipeline}


@pytest.fixture(scope="session")
def houses_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A regression with text, whole numbers, a nullable column, and two that must be positive."""
    return run_training(parse_config(HOUSES), sample=True, output=tmp_path_factory.mktemp("h")).path


@pytest.fixture(scope="session")
def houses(houses_path: Path) -> Artifact:
    """That model as it is served."""
    return load_artifact(houses_path)


@pytest.fixture(scope="session", params=FORMS)
def houses_in_both_forms(houses_path: Path, request: pytest.FixtureRequest) -> Artifact:
    """That model compiled, and as a pipeline."""
    return FORMS[request.param](houses_path)


@pytest.fixture(scope="session")
def colours_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classification into three classes, with a dot in the name of a column, and another that begins like it."""
    folder = tmp_path_factory.mktemp("c")
    draws = np.random.default_rng(0).normal(size=(300, 2))
    names = np.array(["blue", "green", "red"])[np.digitize(draws[:, 0] + draws[:, 1], [-0.7, 0.7])]
    table = pd.DataFrame({"emp.var.rate": draws[:, 0], "emp": draws[:, 1], "colour": names})
    table.to_csv(folder / "colours.csv", index=False)
    return run_training(parse_config(COLOURS), data_path=folder / "colours.csv", output=folder / "model").path


@pytest.fixture(scope="session")
def colours(colours_path: Path) -> Artifact:
    """That model as it is served."""
    return load_artifact(colours_path)


@pytest.fixture(scope="session", params=FORMS)
def colours_in_both_forms(colours_path: Path, request: pytest.FixtureRequest) -> Artifact:
    """That model compiled, and as a pipeline."""
    return FORMS[request.param](colours_path)


@pytest.fixture(scope="session")
def house_rows(houses_path: Path) -> list[dict[str, Any]]:
    """Rows as a client sends them, each one different, some with a missing value."""
    from regression_model.processing.sample import load_sample_path

    table = pd.read_csv(load_sample_path(), dtype=str, keep_default_na=False)
    table = table[Manifest.from_file(houses_path).schema.names]
    rows = []
    for position, row in enumerate(table.to_dict("records")):
        numbers = {name: float(row[name]) for name in ("LotArea", "GrLivArea")}
        whole = {name: int(row[name]) for name in ("OverallQual", "YearBuilt")}
        frontage = None if position % 7 == 0 or row["LotFrontage"] in ("", "NA") else float(row["LotFrontage"])
        rows.append({**row, **numbers, **whole, "LotFrontage": frontage})
    return rows


@pytest.fixture
def house_csv(house_rows: list[dict[str, Any]], tmp_path: Path) -> Path:
    """The same rows as a file, 40 of them."""
    path = tmp_path / "houses.csv"
    pd.DataFrame(house_rows[:40]).to_csv(path, index=False)
    return path
