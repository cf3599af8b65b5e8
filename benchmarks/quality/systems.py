"""Runs each system on a table, in a process of its own, from its start to its saved model."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from quality.outcome import Outcome
from quality.tables import HOLDOUT_FRACTION, Parts, Table

if TYPE_CHECKING:
    from regression_model import Schema

SCRIPTS = Path(__file__).parent / "peer_scripts"
OURS = "regression-model"
N_ROWS_TIMED = 200
PATIENCE = 4.0
"""How many times its limit a system may take before it is ended: some overrun theirs by far."""


@dataclass(frozen=True)
class System:
    """A system, and how it is asked.

    Attributes
    ----------
    name : str
    environment : str or None
        Name of the environment in the folder of peers; None for ours.
    script : str
    options : mapping
        For the script.
    """

    name: str
    environment: str | None = None
    script: str = ""
    options: tuple[tuple[str, Any], ...] = ()


SYSTEMS = (
    System(OURS),
    System("FLAML", "peer-flaml", "flaml_peer.py", (("ensemble", False),)),
    System("FLAML ensemble", "peer-flaml", "flaml_peer.py", (("ensemble", True),)),
    System("AutoGluon medium", "peer-autogluon", "autogluon_peer.py", (("preset", "medium_quality"),)),
    System("AutoGluon best", "peer-autogluon", "autogluon_peer.py", (("preset", "best_quality"),)),
)


def find_systems(folder: Path | None, names: list[str]) -> list[System]:
    """Return the systems that are named (all, if none is) and installed."""
    chosen = [system for system in SYSTEMS if not names or system.name in names]
    return [
        system
        for system in chosen
        if system.environment is None or (folder is not None and _python(folder, system).exists())
    ]


def _python(folder: Path, system: System) -> Path:
    return folder / str(system.environment) / "bin" / "python"


def run_peer(
    system: System, table: Table, parts: Parts, folder: Path, peers: Path, limit: tuple[float, int]
) -> Outcome:
    """Have a peer make a model within a time limit (seconds), with a seed."""
    seconds, seed = limit
    job = {
        "train": str(parts.train), "test": str(parts.test), "target": table.target, "positive": table.positive,
        "metric": table.metric, "seconds": seconds, "seed": seed, "folder": str(folder),
        "output": str(folder / "outcome.json"), **dict(system.options),
    }  # fmt: skip
    path = folder / "job.json"
    path.write_text(json.dumps(job))
    with (folder / "log.txt").open("wb") as log:
        subprocess.run(  # noqa: S603 - our own script
            [str(_python(peers, system)), str(SCRIPTS / system.script), str(path)],
            check=True, stdout=log, stderr=log, cwd=folder, timeout=60 + PATIENCE * seconds,
        )  # fmt: skip
    result = json.loads((folder / "outcome.json").read_text())
    result["predictions"] = np.array(result["predictions"])
    return Outcome(system.name, **result)


def write_config(table: Table, parts: Parts, folder: Path, seed: int) -> Path:
    """Draft the configuration from the table alone, as a newcomer would; only seed and holdout are set."""
    path = folder / "config.yml"
    program = str(Path(sys.executable).parent / "regression-model")
    command = [program, "--quiet", "init", str(parts.whole), "--target", table.target, "--output", str(path), "--force"]
    subprocess.run(command, check=True, cwd=folder)  # noqa: S603 - our own program
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = {"seed:": f"seed: {seed}", "  holdout_fraction:": f"  holdout_fraction: {HOLDOUT_FRACTION}"}
    for start, line in changed.items():
        (position,) = (number for number, text in enumerate(lines) if text.startswith(start))
        lines[position] = line
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run_ours(table: Table, parts: Parts, folder: Path, limit: tuple[float, int]) -> Outcome:
    """Have our search make a model within a time limit (seconds), with a seed, from a drafted configuration."""
    seconds, seed = limit
    config = write_config(table, parts, folder, seed)
    program = str(Path(sys.executable).parent / "regression-model")
    command = [
        *(program, "--quiet", "search", "--config", str(config), "--data", str(parts.whole)),
        *("--time-limit", str(seconds), "--trials", "1000", "--metric", table.metric, "--jobs", "2"),
        *("--output", str(folder / "runs")),
    ]
    with (folder / "log.txt").open("wb") as log:
        subprocess.run(  # noqa: S603 - our own program
            command, check=True, stdout=log, stderr=log, cwd=folder, timeout=60 + PATIENCE * seconds
        )
    (model,) = (path.parent for path in (folder / "runs").rglob("model/*.manifest.json"))
    # What comes after the model is saved, as with the others, is left out: the report, and other rows on the holdout.
    seconds = json.loads((model.parent / "run.json").read_text(encoding="utf-8"))["saved_after_s"]
    return _measure(model, table, parts, seconds)


def _measure(model: Path, table: Table, parts: Parts, seconds: float) -> Outcome:
    from regression_model import load_artifact, make_prediction

    artifact = load_artifact(model)
    rows = _read_rows(parts.test, artifact.schema)
    answer = make_prediction(input_data=rows, artifact=artifact)
    if table.positive is None:
        predictions = np.array(answer["predictions"], dtype=float)
    else:
        position = answer["classes"].index(table.positive)
        predictions = np.array([row[position] for row in answer["probabilities"]])
    times = []
    for row in rows[:N_ROWS_TIMED]:
        start = time.perf_counter()
        make_prediction(input_data=row, artifact=artifact)
        times.append(time.perf_counter() - start)
    size_mb = sum(path.stat().st_size for path in model.iterdir()) / 1e6
    note = artifact.manifest.content["model"]["family"]
    form = "compiled" if artifact.compiled is not None else "not compiled"
    return Outcome(OURS, predictions, seconds, size_mb, 1000 * float(np.median(times)), f"best: {note}, {form}")


def _read_rows(path: Path, schema: Schema) -> list[dict[str, Any]]:
    """Read rows as a client would send them."""
    frame = pd.read_csv(path, keep_default_na=False, dtype=str)
    functions = {"category": str, "boolean": _read_truth}
    read = {feature.name: functions.get(feature.dtype, _read_number) for feature in schema}
    return [
        {name: None if row[name] == "" else function(row[name]) for name, function in read.items()}
        for row in frame.to_dict("records")
    ]


def _read_truth(text: str) -> bool:
    return text.lower() in ("y", "yes", "true", "1")


def _read_number(text: str) -> float | None:
    return None if text in ("NA", "nan") else float(text)
