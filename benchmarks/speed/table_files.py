"""How fast, and in how much memory, the command line predicts a large table."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import time
from pathlib import Path

from speed.models import Trained
from speed.report import Figure, Section

SIZES = (100_000, 1_000_000)
N_LAPS = 3


def measure_files(folder: Path, trained: Trained) -> Section:
    """Predict CSV files of both sizes."""
    section = Section(
        "A table of a million rows",
        "`regression-model predict` of CSV, in a process of its own; peak memory as the system counts it (VmHWM).",
    )
    seconds: dict[int, list[float]] = {}
    memory: dict[int, list[float]] = {}
    for n_rows in SIZES:
        table = folder / f"{n_rows}.csv"
        _write(table, trained, n_rows)
        for _ in range(N_LAPS):
            took, megabytes = _predict(table, trained, folder)
            seconds.setdefault(n_rows, []).append(took)
            memory.setdefault(n_rows, []).append(megabytes)
    few, many = SIZES
    per_row = [(b / many) / (a / few) for a, b in zip(seconds[few], seconds[many], strict=True)]
    more = [b / a for a, b in zip(memory[few], memory[many], strict=True)]
    more_per_row = [ratio * few / many for ratio in more]
    section.figures += [
        Figure(f"rows/s, {many:,} rows", [many / took for took in seconds[many]], "rows/s", 100_000.0),
        Figure(f"peak memory, {many:,} rows", memory[many], "MB", 300.0, at_least=False),
        Figure("time per row, a million / 100,000", per_row, "", 1.1, at_least=False),
        Figure("peak memory, a million / 100,000", more, ""),
        Figure("peak memory per row, a million / 100,000", more_per_row, "", 1.1, at_least=False),
    ]
    return section


def _write(path: Path, trained: Trained, n_rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(trained.rows[0]))
        writer.writeheader()
        for start in range(0, n_rows, len(trained.rows)):
            writer.writerows(trained.rows[: min(len(trained.rows), n_rows - start)])


# Not `ru_maxrss`: that of a new process counts what the one that started it held.
_MEASURED = """
import runpy, sys
sys.argv = ["regression-model", *sys.argv[1:]]
try:
    runpy.run_module("regression_model", run_name="__main__")
finally:
    status = open("/proc/self/status").read()
    print("peak", status.split("VmHWM:")[1].split()[0], file=sys.stderr)
"""


def _predict(table: Path, trained: Trained, folder: Path) -> tuple[float, float]:
    """Return the seconds and the peak of memory in MB."""
    answers = folder / "answers.csv"
    command = [sys.executable, "-c", _MEASURED, "predict", str(table), "--artifact", str(trained.folder)]
    started = time.perf_counter()
    command += ["--output", str(answers), "--force"]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)  # noqa: S603 - our own
    took = time.perf_counter() - started
    peak = re.search(r"peak (\d+)", told.stderr)
    assert peak is not None
    return took, int(peak[1]) / 1024
