"""Programs that are measured: run in a group of their own, which ends with all of it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LOG = "log.txt"
_LOG_TAIL = 2000


class MeasurementError(Exception):
    """Something that was measured did not do what it should; the message is for a person."""


@dataclass(frozen=True)
class Ended:
    """A program that has ended well.

    Attributes
    ----------
    began_at : float
        Seconds since the epoch.
    seconds : float
        How long it took.
    output : str
        What it wrote to its standard output.
    """

    began_at: float
    seconds: float
    output: str


def run_program(command: Sequence[str], folder: Path, timeout_s: float) -> Ended:
    """Run a program in a folder; what it says goes to ``log.txt`` there.

    Raises
    ------
    MeasurementError
        If it fails or takes too long; with the end of the log.
    """
    began_at = time.time()
    with (folder / LOG).open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - programs of ours, and our scripts
            list(command), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            output, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            raise MeasurementError(f"ended after {timeout_s:.0f} s{_read_tail(folder)}") from None
        finally:
            _end_group(process)
    if process.returncode != 0:
        raise MeasurementError(f"exit code {process.returncode}{_read_tail(folder)}")
    return Ended(began_at, time.time() - began_at, output)


def _end_group(process: subprocess.Popen[str]) -> None:
    """End what the program has left behind, too, so that it takes no time from what is measured next."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _read_tail(folder: Path) -> str:
    text = (folder / LOG).read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL:].strip()
    return f"; it said at the end:\n{text}" if text else ""
