"""Every registered family trains to the same bytes, whatever surrounds the process that trains."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from regression_model.families.registry import model_families
from regression_model.train_pipeline.isolation import pinned_environment
from regression_model.train_pipeline.isolation.environment import build_environment

KINDS = [f"{name} {task}" for name, family in model_families().items() for task in family.tasks]
# Those of the heavy extras, too: these tests are slow, and so run only where all extras are installed.

TEXT = """\
pipeline_name: houses
version: 1.0.0
task: {task}
data:
  name: houses
target:
  column: {target}
features:
  number: [area, age, rooms]
  category: [town]
preprocessing:
- step: impute_number
  columns: rooms
- step: one_hot
  columns: town
- step: scale
model:
  family: {family}
{fewer}
evaluation:
  bootstrap_samples: 100
"""

FEWER = {
    "catboost": "  iterations: 20",
    "extra_trees": "  n_estimators: 8",
    "hist_gradient_boosting": "  max_iter: 10\n  max_features: 0.7\n  early_stopping: yes",
    "keras_mlp": "  epochs: 5\n  dropout: 0.2",
    "lightgbm": "  n_estimators: 10\n  subsample: 0.8\n  colsample_bytree: 0.7",
    "logistic_regression": "  l1_ratio: 0.5",
    "mlp": "  epochs: 5",
    "random_forest": "  n_estimators: 8",
    "xgboost": "  n_estimators: 10\n  subsample: 0.8\n  colsample_bytree: 0.7",
}

# Trains all kinds in one process, as the child of `run_training_isolated` trains one.
TRAIN_ALL = """
import json, os, sys
os.sched_setaffinity(0, json.loads(sys.argv[3]))
from pathlib import Path
from regression_model.artifact import load_pipeline
from regression_model.config import parse_config
from regression_model.train_pipeline.isolation import pinned_environment
from regression_model.train_pipeline.job import TrainingJob
from regression_model.train_pipeline.training import execute

table, output, configs = Path(sys.argv[1]), Path(sys.argv[2]), json.load(sys.stdin)
made = {}
for name, text in configs.items():
    job = TrainingJob(parse_config(text), table, output=output / name)
    result = execute(job, report_progress=lambda text: None, environment=pinned_environment())
    nodes, threads = [load_pipeline(result.path).pipeline], set()
    while nodes:
        parameters = nodes.pop().get_params(deep=False)
        threads.add(str(parameters.get("n_jobs", 1)))
        values = [*parameters.values(), *(part[1] for part in parameters.get("steps", ()))]
        nodes += [value for value in values if hasattr(value, "get_params")]
    files = {kind: entry["sha256"] for kind, entry in result.manifest.content["files"].items()}
    made[name] = {"manifest": result.manifest.digest, "threads": sorted(threads), **files}
print(json.dumps(made))
"""

HOSTILE = {
    "OMP_NUM_THREADS": "3",
    "OPENBLAS_NUM_THREADS": "4",
    "LOKY_MAX_CPU_COUNT": "4",
    "PYTHONHASHSEED": "99",
    "MALLOC_PERTURB_": "90",  # fresh memory is not empty
    "TZ": "Asia/Tokyo",
}


def write_table(path: Path) -> Path:
    random = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "area": random.uniform(50, 250, 300),
            "age": random.uniform(0, 100, 300),
            "rooms": pd.Series(random.integers(1, 9, 300).astype(float)).mask(pd.Series(np.arange(300) % 17 == 0)),
            "town": random.choice(["Ames", "Boone", "Nevada"], 300),
        }
    )
    frame["price"] = 900 * frame["area"] - 300 * frame["age"] + random.normal(0, 5_000, 300)
    frame["band"] = np.select([frame["price"] < 60_000, frame["price"] > 140_000], ["low", "high"], "middle")
    frame.to_csv(path, index=False)
    return path


def train_all(folder: Path, ambient: dict[str, str], processors: set[int]) -> dict[str, dict[str, object]]:
    folder.mkdir()
    configs = {}
    for kind in KINDS:
        family, task = kind.split()
        target = "price" if task == "regression" else "band"
        fewer = FEWER.get(family, "") if task == "classification" or family != "logistic_regression" else ""
        configs[kind] = TEXT.format(task=task, target=target, family=family, fewer=fewer)
    arguments = [str(write_table(folder / "houses.csv")), str(folder / "out"), json.dumps(sorted(processors))]
    done = subprocess.run(
        [sys.executable, "-P", "-c", TRAIN_ALL, *arguments],
        input=json.dumps(configs),
        env=build_environment(pinned_environment(), os.environ | ambient),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> tuple[dict, dict]:
    folder = tmp_path_factory.mktemp("families")
    every = os.sched_getaffinity(0)
    with ThreadPoolExecutor(2) as side_by_side:
        friendly = side_by_side.submit(train_all, folder / "a", {}, every)
        hostile = side_by_side.submit(train_all, folder / "b", HOSTILE, {min(every)})
        return friendly.result(), hostile.result()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system can't give a process fewer processors")
@pytest.mark.parametrize("kind", KINDS)
def test_two_trainings_give_the_same_bytes_and_ask_for_one_thread(both, kind):
    friendly, hostile = (made[kind] for made in both)
    assert friendly == hostile
    assert set(friendly["threads"]) <= {"1", "None"}, "None is one, too, and what scikit-learn's newer models demand"
