"""What the scripts of all peers have in common; run by their interpreters, so nothing but pandas is imported."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

N_ROWS_TIMED = 30


def read_job() -> dict[str, Any]:
    """Read what is to be done, from the file that the command line names."""
    return json.loads(Path(sys.argv[1]).read_text())


def time_rows(predict: Callable[[pd.DataFrame], Any], frame: pd.DataFrame) -> float:
    """Return the median time of one row, in milliseconds."""
    times = []
    for position in range(min(N_ROWS_TIMED, len(frame))):
        row = frame.iloc[[position]]
        start = time.perf_counter()
        predict(row)
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def find_size_mb(path: Path) -> float:
    """Return the size of a file or a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def write(job: dict[str, Any], library: str, predictions: Iterable[float], *measured: float | str) -> None:
    """Write what came of it: the predictions; then seconds, size in MB, milliseconds for a row, and a note."""
    found: dict[str, Any] = dict(zip(("seconds", "size_mb", "row_ms", "note"), measured, strict=True))
    found["versions"] = {library: version(library)}
    found["predictions"] = [float(value) for value in predictions]
    Path(job["output"]).write_text(json.dumps(found))
