"""What was measured, as JSON: one folder for each measurement, so that a plan goes on where it was stopped."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quality.plan import Measurement

RESULT = "result.json"


@dataclass(frozen=True)
class Record:
    """A measurement that was made.

    Attributes
    ----------
    measurement : Measurement
    result : mapping or None
        What came of it; None if it failed.
    reason : str
        Why it failed.
    surroundings : mapping
        Machine, load at its begin, commit.
    """

    measurement: Measurement
    result: Mapping[str, Any] | None
    reason: str
    surroundings: Mapping[str, Any]


class Records:
    """A folder of results.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, measurement: Measurement) -> Path:
        """Return an empty folder to measure in; what an attempt before has left there is removed."""
        folder = self.path / measurement.key
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        return folder

    def find(self, measurement: Measurement) -> Record | None:
        """Return what came of it; None if it was not measured to its end."""
        path = self.path / measurement.key / RESULT
        if not path.is_file():
            return None
        told = json.loads(path.read_text(encoding="utf-8"))
        return Record(measurement, told["result"], told["reason"], told["surroundings"])

    def save(self, record: Record) -> None:
        """Write it, at once."""
        path = self.path / record.measurement.key / RESULT
        content = {
            "kind": record.measurement.kind,
            "options": dict(record.measurement.options),
            "result": record.result,
            "reason": record.reason,
            "surroundings": record.surroundings,
        }
        part = path.with_suffix(".part")
        part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        part.replace(path)


def describe_surroundings() -> dict[str, Any]:
    """Say on what, and of which commit, something is about to be measured."""
    told = subprocess.run(["lscpu"], check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S607
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in told.splitlines())}
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - git is where PATH says
        cwd=Path(__file__).parent, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    return {
        "processor": fields.get("Model name", "unknown"),
        "n_cpus": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
        "commit": commit.stdout.strip(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
