"""Our searches: from a configuration to a saved model, and on to what ``promote`` and ``train`` make of it."""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from quality.outcome import Outcome
from quality.processes import MeasurementError, run_program
from quality.systems import PATIENCE, START_S
from quality.tables import HOLDOUT_FRACTION, Parts, Table

if TYPE_CHECKING:
    from regression_model import Artifact, Schema

PROGRAM = str(Path(sys.executable).parent / "regression-model")
N_ROWS_TIMED = 200
_TRAINING_S = 600.0
_MAX_TRIALS = 1000


def run_search(
    table: Table, parts: Parts, folder: Path, limit: tuple[float, int], *, shipped: bool = False
) -> tuple[Outcome, dict[str, Any]]:
    """Have our search make a model within a time limit (seconds), with a seed.

    It begins with a drafted configuration, or with the shipped one of that table.

    Returns
    -------
    outcome : Outcome
    facts : dict
        What else is asked of it: its guardrails, its trials, its own words on time, its folder.

    Raises
    ------
    MeasurementError
        If it fails, or takes far longer than it may.
    """
    seconds, seed = limit
    config = write_config(table, parts, folder, seed, shipped=shipped)
    command = [
        *(PROGRAM, "--quiet", "search", "--config", str(config), "--data", str(parts.whole)),
        *("--time-limit", str(seconds), "--trials", str(_MAX_TRIALS), "--metric", table.metric, "--jobs", "2"),
        *("--output", str(folder / "runs")),
    ]
    ended = run_program(command, folder, START_S + PATIENCE * seconds)
    run = Path(ended.output.strip().splitlines()[-1])
    (manifest,) = (run / "model").glob("*.manifest.json")
    # What comes after the model is saved, as with the others, is left out: the report, and other rows on the holdout.
    outcome = measure_model(manifest.parent, table, parts, manifest.stat().st_mtime - ended.began_at)
    facts = {"run": str(run), "command_s": ended.seconds, **_read_run(run)}
    return outcome, facts


def write_config(table: Table, parts: Parts, folder: Path, seed: int, *, shipped: bool) -> Path:
    """Draft the configuration from the table alone, as a newcomer would; only seed and holdout are set.

    With `shipped`, a copy of the one that the package has takes the place of the draft.
    """
    path = folder / "config.yml"
    if shipped:
        path.write_text(_read_shipped(table.name), encoding="utf-8")
    else:
        command = [PROGRAM, "--quiet", "init", str(parts.whole), "--target", table.target, "--output", str(path)]
        run_program(command, folder, START_S)
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = {"seed:": f"seed: {seed}", "  holdout_fraction:": f"  holdout_fraction: {HOLDOUT_FRACTION}"}
    for start, line in changed.items():
        (position,) = (number for number, text in enumerate(lines) if text.startswith(start))
        lines[position] = line
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _read_shipped(name: str) -> str:
    from regression_model.config import load_config

    file = load_config(name).file
    if file is None:
        raise MeasurementError(f"no configuration is shipped for {name}")
    return file.read_text(encoding="utf-8")


def _read_run(run: Path) -> dict[str, Any]:
    """Say how the search went, from its own records."""
    told = json.loads((run / "run.json").read_text(encoding="utf-8"))
    leaderboard = json.loads((run / "leaderboard.json").read_text(encoding="utf-8"))
    winner = next(row for row in leaderboard["rows"] if row["winner"])
    lines = [json.loads(line) for line in (run / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    found = next(line["found"] for line in lines if line["kind"] == "guardrails")
    return {
        "saved_after_s": told["saved_after_s"],
        "stopped_by": told["stopped_by"],
        "n_trials": sum(line["kind"] == "trial" for line in lines),
        "guardrails": [guardrail["name"] for guardrail in found],
        "parameters": winner["parameters"],
        "promised": winner["holdout"],
    }


def promote_and_train(table: Table, parts: Parts, folder: Path, run: Path) -> tuple[Outcome, dict[str, Any]]:
    """Write a search's winner into its configuration file, train what that says, and measure it."""
    config = folder / "config.yml"
    told = run_program([PROGRAM, "--quiet", "promote", str(run), "--config", str(config)], folder, START_S)
    (folder / "promoted.diff").write_text(told.output, encoding="utf-8")
    command = [PROGRAM, "--quiet", "train", "--config", str(config), "--data", str(parts.whole)]
    ended = run_program([*command, "--output", str(folder / "trained")], folder, _TRAINING_S)
    (manifest,) = (folder / "trained").glob("*.manifest.json")
    trained = json.loads(manifest.read_text(encoding="utf-8"))["metrics"]["holdout"]["metrics"][table.metric]
    outcome = measure_model(manifest.parent, table, parts, ended.seconds)
    lines = [line for line in told.output.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return outcome, {"trained": trained["value"], "n_changed_lines": len(lines)}


def measure_model(model: Path, table: Table, parts: Parts, seconds: float) -> Outcome:
    """Predict the rows to test on as a client would, and see how long one of them takes."""
    from regression_model import load_artifact, make_prediction

    artifact = load_artifact(model)
    rows = _read_rows(parts.test, artifact.schema)
    times = []
    for row in rows[:N_ROWS_TIMED]:
        start = time.perf_counter()
        make_prediction(input_data=row, artifact=artifact)
        times.append(time.perf_counter() - start)
    size_mb = sum(path.stat().st_size for path in model.iterdir()) / 1e6
    form = "compiled" if artifact.compiled is not None else "not compiled"
    note = f"best: {artifact.manifest.content['model']['family']}, {form}"
    versions = {"regression-model": version("regression-model")}
    predictions = _predict(artifact, rows, table.positive)
    return Outcome(predictions, seconds, size_mb, 1000 * float(np.median(times)), note, versions)


def _predict(artifact: Artifact, rows: list[dict[str, Any]], positive: str | None) -> np.ndarray:
    from regression_model import make_prediction

    answer = make_prediction(input_data=rows, artifact=artifact)
    if answer["errors"]:
        raise MeasurementError(
            f"{len(answer['errors'])} of {len(rows)} rows were refused: {str(answer['errors'])[:500]}"
        )
    if positive is None:
        return np.array(answer["predictions"], dtype=float)
    position = answer["classes"].index(positive)
    return np.array([row[position] for row in answer["probabilities"]], dtype=float)


def _read_rows(path: Path, schema: Schema) -> list[dict[str, Any]]:
    """Read rows as a client would send them: numbers as such, all else as the text of the cell."""
    import pandas as pd

    frame = pd.read_csv(path, keep_default_na=False, dtype=str)
    numbers = {feature.name for feature in schema if feature.dtype in ("number", "integer")}
    return [
        {feature.name: _read_cell(row[feature.name], is_number=feature.name in numbers) for feature in schema}
        for row in frame.to_dict("records")
    ]


def _read_cell(text: str, *, is_number: bool) -> str | float | None:
    if text == "":
        return None
    if not is_number:
        return text
    try:
        return float(text)
    except ValueError:
        return None  # a marker, such as NA
