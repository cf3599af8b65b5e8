"""A small sweep to try things with: its configuration, and a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

CONFIG = """\
pipeline_name: flats
# A comment that a promotion keeps.
task: {task}
seed: 7
data:
  name: flats
target:
  column: {target}
features:
  number: [area, distance]
  integer: [rooms]
  left_out:
    {other}: the other task's target
preprocessing:
- step: impute_number
  columns: distance
model:
  family: mlp
  hidden_layers: [8, 4]
  epochs: 4
  batch_size: 16
  learning_rate: 0.01
evaluation:
  bootstrap_samples: 100
sweep:
  sampling: random
  parameters:
    hidden_layers.0:
      randint: [2, 9]
    learning_rate:
      loguniform: [0.0001, 0.1]
    epochs:
      choice: [3, 6]
  max_total_runs: 6
  max_concurrent_runs: 3
  policy:
    type: bandit
    slack_factor: 0.1
"""


@pytest.fixture(scope="session")
def sweep_text() -> str:
    """A sweep of a network for a regression: six runs in two batches."""
    return CONFIG.format(task="regression", target="price", other="level")


@pytest.fixture(scope="session")
def class_text() -> str:
    """The same for a classification of two classes, the positive one not the last."""
    text = CONFIG.format(task="classification", target="level", other="price")
    return text.replace("  column: level\n", "  column: level\n  positive_class: high\n")


@pytest.fixture(scope="session")
def flats(tmp_path_factory) -> Path:
    """300 flats with a price and a level."""
    draw = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "area": draw.uniform(20, 160, 300).round(1),
            "distance": draw.uniform(0, 20, 300).round(2),
            "rooms": draw.integers(1, 7, 300),
        }
    )
    table["price"] = table["area"] * (1 + table["rooms"] / 10) / (1 + table["distance"] / 30) + draw.normal(0, 3, 300)
    table["level"] = np.where(table["price"] > 80, "high", "low")
    table.loc[::17, "distance"] = np.nan
    path = tmp_path_factory.mktemp("flats") / "flats.csv"
    table.to_csv(path, index=False)
    return path
