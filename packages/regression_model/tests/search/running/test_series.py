"""A search over time series, and thereby a classification, through the command line, as users do it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from regression_model.records.run_folder import RunFolder

pytestmark = pytest.mark.slow

PATIENCE_S = 300.0
N_WINDOWS = 40
CONFIG = """
pipeline_name: waves
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
  series: [speed]
preprocessing:
- step: extract_series_features
  extractor: minirocket
  n_features: 84
model:
  family: ridge_classifier
evaluation:
  holdout_fraction: 0.25
  folds: 3
  bootstrap_samples: 100
search:
  features: config
  families: [logistic_regression, extra_trees]
  trials: 4
  folds: 2
  batch_size: 2
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> tuple[object, ...]:
    """Options that name a configuration and its table: slow and fast waves of unequal lengths, with noise."""
    folder = tmp_path_factory.mktemp("waves")
    rng = np.random.default_rng(3)
    rows = []
    for number in range(N_WINDOWS):
        moments = np.arange(24 - number % 4)
        values = np.sin(moments * (0.9 if number % 2 else 0.5)) + rng.normal(scale=1.5, size=moments.size)
        rows += [{"window": number, "speed": value} for value in values.tolist()]
    labels = [{"window": number, "pace": "fast" if number % 2 else "slow"} for number in range(N_WINDOWS)]
    (folder / "waves.json").write_text(json.dumps(rows), encoding="utf-8")
    (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    (folder / "waves.yml").write_text(CONFIG, encoding="utf-8")
    return "--config", folder / "waves.yml", "--data", folder / "waves.json"


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "regression_model", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> str:
    answer, complaint = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, complaint
    return answer.strip()


def wait_for_trial(runs: Path, process: subprocess.Popen[str]) -> Path:
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s and process.poll() is None:
        for journal in runs.glob("search/*/journal.jsonl"):
            if b'"kind":"trial"' in journal.read_bytes():
                return journal.parent
        threading.Event().wait(0.02)
    process.kill()
    pytest.fail(f"no trial has ended: {process.communicate()[1]}")


def read_results(runs: Path) -> tuple[list[dict[str, object]], dict[str, bytes]]:
    """Return the leaderboard and the predictions of the only run in a folder."""
    (folder,) = runs.glob("search/*")
    rows = json.loads((folder / "leaderboard.json").read_text())["rows"]
    return rows, {path.name: path.read_bytes() for path in (folder / "predictions").iterdir()}


def test_two_processes_that_were_killed_and_resumed_find_what_one_finds_in_a_replay(source, tmp_path):
    killed = start("search", *source, "--jobs", 2, "--output", tmp_path / "two")
    folder = wait_for_trial(tmp_path / "two", killed)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=PATIENCE_S)
    n_before = len(RunFolder(folder).read_journal())
    assert finish(start("search", "--resume", folder, "--jobs", 2)) == str(folder)
    assert len(RunFolder(folder).read_journal()) > n_before

    # From the first trial to the last, in one process; it takes over measured times and nothing else.
    said = finish(start("replay", folder, "--jobs", 1, "--output", tmp_path / "one"))
    assert said.startswith("the same: every trial")
    assert read_results(tmp_path / "one") == read_results(tmp_path / "two")
