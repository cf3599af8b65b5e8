"""The check for reproducibility, on a small model: it finds equal what is, and says what is not."""

from __future__ import annotations

import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """\
pipeline_name: plots
version: 1.0.0
task: regression
data:
  name: plots
target:
  column: price
features:
  number: [area]
  category: [town]
preprocessing:
- step: one_hot
  columns: town
model:
  family: random_forest
  n_estimators: 5
evaluation:
  bootstrap_samples: 100
"""


@pytest.fixture
def model(tmp_path: Path) -> list[str]:
    """A configuration with a table of its own, as options."""
    (tmp_path / "plots.yml").write_text(CONFIG)
    rows = [f"{100 + 7 * n % 90},{'Ames' if n % 3 else 'Boone'},{900 + 11 * (7 * n % 90) + n % 5}" for n in range(80)]
    (tmp_path / "plots.csv").write_text("area,town,price\n" + "\n".join(rows) + "\n")
    return ["--config", str(tmp_path / "plots.yml"), "--data", str(tmp_path / "plots.csv"), "--no-build"]


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "check-reproducible"), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def write_python(path: Path, after: str) -> str:
    """Write a Python that trains as it is told to, then does something more with what came out."""
    path.write_text(f"#!{sys.executable}\n{textwrap.dedent(TRAIN)}{textwrap.dedent(after)}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


# What a Python has trained in the same surroundings before is not trained again.
TRAIN = f"""\
    import os, pathlib, shutil, subprocess, sys
    output, is_hostile = pathlib.Path(sys.argv[-1]), os.environ["TZ"] == "Asia/Kathmandu"
    kept = pathlib.Path(__file__).parent / f"kept-{{is_hostile}}"
    if kept.exists():
        shutil.copytree(kept, output)
    else:
        subprocess.run([{sys.executable!r}, *sys.argv[1:]], check=True)
        shutil.copytree(output, kept)
"""

SPOIL = """\
    for path in output.glob("plots_*") if is_hostile else ():
        data = path.read_bytes()
        if path.name.endswith(".manifest.json"):
            path.write_bytes(data.replace(b'"task": "regression"', b'"task": "else"', 1))
        elif path.name.endswith(".joblib"):
            path.write_bytes(data[:40] + b"!" + data[41:])
"""


def test_what_comes_out_the_same_is_equal_and_what_differs_is_named_and_fails(model, tmp_path):
    finished = run(*model, "--python", write_python(tmp_path / "python", ""))
    assert finished.returncode == 0, finished.stdout + finished.stderr
    files = {line.split()[2]: line.split()[3] for line in finished.stdout.splitlines()}
    assert files == {"compiled": "equal", "compiled_arrays": "equal", "manifest": "equal", "pipeline": "equal"}

    finished = run(*model, "--python", write_python(tmp_path / "spoiling-python", SPOIL))
    assert finished.returncode == 1, finished.stdout + finished.stderr
    verdicts = {line.split()[2]: line.split()[3] for line in finished.stdout.splitlines()[:4]}
    assert (verdicts["manifest"], verdicts["pipeline"], verdicts["compiled"]) == ("DIFFERENT", "DIFFERENT", "equal")
    assert "plots.yml: pipeline, the bytes differ from byte 40 on" in finished.stdout
    assert "plots.yml: manifest, " in finished.stdout
    assert 'task: "regression" is not "else"' in finished.stdout


def test_a_training_that_fails_is_shown(model, tmp_path):
    (tmp_path / "plots.yml").write_text(CONFIG.replace("random_forest", "rain_forest"))
    finished = run(*model)
    assert finished.returncode == 1
    assert "training plots.yml in friendly surroundings ended with exit code 3" in finished.stderr
    assert "'rain_forest'" in finished.stderr


def test_a_real_table_that_has_to_be_there_and_is_not_fails(tmp_path, monkeypatch):
    monkeypatch.setenv("REGRESSION_MODEL_TEST_DATA", str(tmp_path))
    monkeypatch.setenv("REQUIRE_REAL_DATA", "1")
    finished = run("--no-build")
    assert finished.returncode == 1
    assert "house_prices.csv or .json is not in the folder" in finished.stderr
    assert list(tmp_path.iterdir()) == []
