"""How each kind of measurement is made."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quality.outcome import score
from quality.plan import Measurement
from quality.processes import MeasurementError, run_program
from quality.searches import PROGRAM, promote_and_train, run_search
from quality.systems import OURS, PEERS, run_peer
from quality.tables import TABLES, divide

_SERIES_S = 900.0
_SWEEP_S = 3600.0


@dataclass(frozen=True)
class Surroundings:
    """Where everything is.

    Attributes
    ----------
    data : Path
        Folder of the tables.
    environments : mapping of str to Path
        Of ``flaml`` and ``autogluon``, as far as they are there.
    """

    data: Path
    environments: Mapping[str, Path]


def is_possible(measurement: Measurement, places: Surroundings) -> bool:
    """Whether all that it needs was named."""
    peer = PEERS.get(str(measurement.options.get("system")))
    return peer is None or peer.environment in places.environments


def measure(measurement: Measurement, places: Surroundings, folder: Path) -> dict[str, Any]:
    """Measure in a folder, and say what came of it.

    Raises
    ------
    MeasurementError
        If what was measured failed.
    """
    return _KINDS[measurement.kind](measurement.options, places, folder)


def _compare(options: Mapping[str, Any], places: Surroundings, folder: Path) -> dict[str, Any]:
    table, limit = TABLES[options["table"]], (options["seconds"], options["seed"])
    parts = divide(table, places.data, folder, options["seed"])
    facts: dict[str, Any] = {}
    if options["system"] == OURS:
        outcome, facts = run_search(table, parts, folder, limit)
    else:
        environment = places.environments[PEERS[options["system"]].environment]
        outcome = run_peer(options["system"], table, parts, folder, environment, limit)
    scores = score(parts.actual, outcome.predictions, is_classification=table.is_classification)
    return {"outcome": outcome.to_json(), "scores": scores, "actual": parts.actual.tolist(), "facts": facts}


def _promote(options: Mapping[str, Any], places: Surroundings, folder: Path) -> dict[str, Any]:
    table, limit = TABLES[options["table"]], (options["seconds"], options["seed"])
    parts = divide(table, places.data, folder, options["seed"])
    _, facts = run_search(table, parts, folder, limit, shipped=True)
    outcome, trained = promote_and_train(table, parts, folder, Path(facts["run"]))
    scores = score(parts.actual, outcome.predictions, is_classification=table.is_classification)
    return {
        "outcome": outcome.to_json(),
        "scores": scores,
        "actual": parts.actual.tolist(),
        "facts": {**facts, **trained},
    }


def _train_series(options: Mapping[str, Any], places: Surroundings, folder: Path) -> dict[str, Any]:
    script = str(Path(__file__).parent / "series_training.py")
    table = str(places.data / "accelerometer_windows.json")
    ended = run_program(
        [sys.executable, "-P", script, options["extractor"], options["groups"], table], folder, _SERIES_S
    )
    return {**json.loads(ended.output.strip().splitlines()[-1]), "process_s": ended.seconds}


def _sweep(options: Mapping[str, Any], places: Surroundings, folder: Path) -> dict[str, Any]:
    command = [PROGRAM, "--quiet", "sweep", options["config"], "--data", str(places.data / "california_housing.csv")]
    ended = run_program([*command, "--output", str(folder / "runs")], folder, _SWEEP_S)
    run = Path(ended.output.strip().splitlines()[-1])
    (manifest,) = (run / "model").glob("*.manifest.json")
    holdout = json.loads(manifest.read_text(encoding="utf-8"))["metrics"]["holdout"]["metrics"]["mae"]
    rows = json.loads((run / "leaderboard.json").read_text(encoding="utf-8"))["rows"]
    best = next((row for row in rows if row["winner"]), None)
    if best is None:
        raise MeasurementError("no run of the sweep completed")
    return {
        "mae": holdout["value"],
        "low": holdout["low"],
        "high": holdout["high"],
        "best": best["parameters"],
        "n_runs": len(rows),
        "n_cancelled": sum(row["status"] == "cancelled" for row in rows),
        "seconds": ended.seconds,
    }


_KINDS: dict[str, Callable[[Mapping[str, Any], Surroundings, Path], dict[str, Any]]] = {
    "comparison": _compare,
    "promotion": _promote,
    "series": _train_series,
    "sweep": _sweep,
}
