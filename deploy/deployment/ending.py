"""Ends what was begun when somebody ends a script: a CI job that is cancelled, a connection that breaks off."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from deployment.processes import PAUSE_S, find_members

if TYPE_CHECKING:
    from types import FrameType

PATIENCE_S = 90.0
_NUMBERS = (signal.SIGTERM, signal.SIGHUP)


def end_in_order() -> None:
    """Turn SIGTERM and SIGHUP into `SystemExit`, once: what a script has begun is undone, and that is not broken off.

    SIGHUP goes on being ignored under ``nohup``.
    """
    for number in _NUMBERS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)


def run_child(
    command: list[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, quiet: bool = False
) -> tuple[int, str]:
    """Run a command to its end; return its exit code, and what it printed if it is quiet.

    Whatever ends the caller ends the command and its children, too: they are asked first, and have time for it.
    """
    output = subprocess.PIPE if quiet else None
    child = subprocess.Popen(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, text=True, process_group=0
    )
    try:
        printed, _ = child.communicate()
    except BaseException:
        _tell(child.pid, signal.SIGTERM)
        deadline_s = time.monotonic() + PATIENCE_S
        # A shell that is told ends at once; what it has started may take its time.
        while find_members(child.pid) and time.monotonic() < deadline_s:
            child.poll()
            time.sleep(PAUSE_S)
        _tell(child.pid, signal.SIGKILL)
        child.wait()
        raise
    return child.returncode, printed or ""


def _tell(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    for later in _NUMBERS:
        # No SIG_IGN, which the processes that are started from now on would inherit.
        signal.signal(later, lambda *_: None)
    raise SystemExit(128 + number)
