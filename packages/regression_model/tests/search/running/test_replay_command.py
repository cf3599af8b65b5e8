"""``regression-model replay`` of a search whose limit is short for its rows, with what is really proposed then."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from regression_model.records.run_folder import RunFolder

pytestmark = pytest.mark.slow

CONFIG = """
pipeline_name: plane
task: regression
seed: 2
data:
  name: plane
target:
  column: height
features:
  number: [east, north]
model:
  family: ridge
evaluation:
  holdout_fraction: 0.2
  bootstrap_samples: 100
search:
  folds: 2
"""
N_ROWS = 60_000
LIMIT_S = 800
"""Short for so many rows, and long for four small models, also on a busy machine."""


def run(*arguments: object) -> str:
    """Run the command line as a program: a limit counts from its start."""
    command = [sys.executable, "-m", "regression_model", *map(str, arguments)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def test_a_search_in_haste_is_proven_by_its_replay(tmp_path):
    rng = np.random.default_rng(4)
    table = pd.DataFrame(rng.normal(size=(N_ROWS, 2)), columns=["east", "north"])
    table["height"] = 3 * table["east"] - table["north"] + rng.normal(size=N_ROWS)
    table.to_csv(tmp_path / "plane.csv", index=False)
    (tmp_path / "plane.yml").write_text(CONFIG, encoding="utf-8")
    source = ("--config", tmp_path / "plane.yml", "--data", tmp_path / "plane.csv", "--output", tmp_path / "runs")
    families = ("--family", "hist_gradient_boosting", "--family", "ridge", "--ensemble", "vote")
    folder = Path(run("search", *source, *families, "--trials", 4, "--time-limit", LIMIT_S))

    trials = [line["result"] for line in RunFolder(folder).read_journal() if line["kind"] == "trial"]
    origins = {trial["candidate"]["number"]: trial["candidate"]["origin"] for trial in trials}
    assert origins[0] == "portfolio", "without haste the configuration itself comes first"
    assert "baseline" in origins.values()
    assert run("replay", folder).startswith("the same: every trial")
