"""A small table with a law of its own, and a configuration for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from regression_model.config import Config, parse_config

TEXT = """\
pipeline_name: houses
version: 2.5.0
task: regression
seed: 3
data:
  name: houses
  leave_out:
    - column: area
      above: 300
      reason: too large to be typical
target:
  column: price
  transform: log
features:
  number: [area, noise]
  integer: [rooms]
  category: [town]
  left_out:
    id: a number without meaning
preprocessing:
  - step: impute_category
    columns: town
  - step: ordered_encoding
    columns: town
  - step: impute_number
    columns: rooms
  - step: log
    columns: area
  - step: scale
model:
  family: lasso
  alpha: 0.02
evaluation:
  holdout_fraction: 0.25
  folds: 3
  bootstrap_samples: 100
"""


def write_table(folder: Path, n_rows: int = 240, **changes) -> Path:
    random = np.random.default_rng(5)
    area = random.uniform(50, 250, n_rows)
    area[::40] = 400.0
    rooms = pd.Series(random.integers(1, 9, n_rows)).astype("Int64").mask(pd.Series(np.arange(n_rows) % 17 == 0))
    town = random.choice(["Ames", "Boone", "Nevada"], n_rows)
    price = 1000 * area * (1 + (town == "Ames")) * 1.1 ** rooms.fillna(4).to_numpy(float)
    frame = pd.DataFrame(
        {"id": np.arange(n_rows), "area": area, "noise": random.normal(size=n_rows), "rooms": rooms, "town": town}
    ).assign(price=price)
    frame.loc[[7, 70], "price"] = np.nan
    path = folder / "houses.csv"
    frame.assign(**changes).to_csv(path, index=False)
    return path


def config_with(old: str, new: str) -> Config:
    assert old in TEXT
    return parse_config(TEXT.replace(old, new))


@pytest.fixture(scope="session")
def text() -> str:
    return TEXT


@pytest.fixture(scope="session")
def config() -> Config:
    return parse_config(TEXT)


@pytest.fixture(scope="session")
def table() -> Callable[..., Path]:
    """Return a function that writes the table into a folder; named columns are replaced."""
    return write_table


@pytest.fixture(scope="session")
def changed_config() -> Callable[[str, str], Config]:
    """Return a function that replaces a part of the configuration's text."""
    return config_with
