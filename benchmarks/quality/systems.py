"""Other systems: each makes its model in an environment of its own, within the same limits."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quality.outcome import Outcome
from quality.processes import MeasurementError, run_program
from quality.tables import Parts, Table

SCRIPTS = Path(__file__).parent / "peer_scripts"
OURS = "regression-model"
PATIENCE = 4.0
"""How many times its limit a system may take before it is ended: some overrun theirs by far."""
START_S = 60.0
"""How long it may take besides."""


@dataclass(frozen=True)
class System:
    """A system, and how it is asked.

    Attributes
    ----------
    name : str
    environment : str
        Which environment it is installed in: ``flaml`` or ``autogluon``.
    script : str
    options : tuple of (str, value)
        For the script.
    """

    name: str
    environment: str
    script: str
    options: tuple[tuple[str, Any], ...]


PEERS = {
    system.name: system
    for system in (
        System("FLAML", "flaml", "flaml_peer.py", (("ensemble", False),)),
        System("FLAML ensemble", "flaml", "flaml_peer.py", (("ensemble", True),)),
        System("AutoGluon medium", "autogluon", "autogluon_peer.py", (("preset", "medium_quality"),)),
        System("AutoGluon best", "autogluon", "autogluon_peer.py", (("preset", "best_quality"),)),
    )
}


def run_peer(
    name: str, table: Table, parts: Parts, folder: Path, environment: Path, limit: tuple[float, int]
) -> Outcome:
    """Have a peer make a model within a time limit (seconds), with a seed; its model is removed once it is measured.

    Raises
    ------
    MeasurementError
        If it fails, or takes far longer than it may.
    """
    system, (seconds, seed) = PEERS[name], limit
    job = {
        "train": str(parts.train), "test": str(parts.test), "target": table.target, "positive": table.positive,
        "metric": table.metric, "seconds": seconds, "seed": seed, "folder": str(folder / "model"),
        "output": str(folder / "outcome.json"), **dict(system.options),
    }  # fmt: skip
    (folder / "model").mkdir()
    (folder / "job.json").write_text(json.dumps(job, indent=1), encoding="utf-8")
    python = environment / "bin" / "python"
    if not python.exists():
        raise MeasurementError(f"there is no {python}; name the folder of an environment with {system.environment}")
    command = [str(python), str(SCRIPTS / system.script), str(folder / "job.json")]
    try:
        run_program(command, folder, START_S + PATIENCE * seconds)
    finally:
        shutil.rmtree(folder / "model", ignore_errors=True)  # some have a gigabyte
    return Outcome.from_json(json.loads((folder / "outcome.json").read_text(encoding="utf-8")))
