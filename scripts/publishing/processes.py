"""Commands that see no secret, and end with whoever has started them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEVELOPMENT = ROOT / ".venvs" / "dev"
OURS = ("PACKAGE_", "TWINE_", "PYTHON", "VIRTUAL_ENV", "ML_API_", "REGRESSION_MODEL_", "GIT_")
# Where data is found.
KEPT = tuple(f"REGRESSION_MODEL_{name}" for name in ("DATA", "CACHE", "SNAPSHOTS", "OPENML_URL"))
# A person's settings of Git have no say in what a file of the clone holds, and whether it differs from the commit.
PLAIN_GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_NO_REPLACE_OBJECTS": "1"}
GRACE_S = 15.0


class PublishError(Exception):
    """Nothing (more) was uploaded; the message says why, and what to do."""


def run(command: list[str], failure: str, **variables: str) -> None:
    """Run a command in the checkout, without the index's token or any setting that would change what comes of it.

    It has a process group of its own, so that all that it has started ends with it if we are interrupted.
    """
    kept = {name: value for name, value in os.environ.items() if name in KEPT or not name.startswith(OURS)}
    environment = kept | PLAIN_GIT | variables
    sys.stdout.flush()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, process_group=0) as process:
        try:
            status = process.wait()
        except BaseException:
            end_group(process)
            raise
    if status != 0:
        raise PublishError(failure)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a command and all that it has started: by a request, and after a while by force."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
        os.killpg(process.pid, signal.SIGKILL)
