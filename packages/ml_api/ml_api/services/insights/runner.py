"""Collects insights in a process of its own, so that the one that answers requests goes on doing so."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ml_api.errors import InsightsError

logger = logging.getLogger(__name__)

TIMEOUT_S = 60.0
FAILED = "The insights failed; the log says why."

NICENESS = 5
"""Where cores are scarce, whoever waits for a prediction goes first."""


def run_insights(
    folder: Path,
    *,
    artifact_path: Path | None = None,
    trusted_keys: Path | None = None,
    n_days: int | None = None,
    timeout_s: float = TIMEOUT_S,
) -> dict[str, Any]:
    """Run ``ml-api insights --json`` and return what it says.

    Under gevent other requests are answered meanwhile, and the process ends with the request that waits for it.

    Parameters
    ----------
    folder, artifact_path, trusted_keys, n_days
        See `collect_insights`; the process takes from the settings what is not given.
    timeout_s : float
        Seconds after which the process is killed.

    Returns
    -------
    dict
        See `Insights.to_json`.

    Raises
    ------
    InsightsError
        If insights can't be had, or take too long.
    """
    # -P: a folder of the same name where the server was started is not taken for this package.
    command = [sys.executable, "-P", "-m", "ml_api", "insights", "--json", "--log", str(folder)]
    command += ["--artifact", str(artifact_path)] if artifact_path is not None else []
    command += ["--trusted-keys", str(trusted_keys)] if trusted_keys is not None else []
    command += ["--days", str(n_days)] if n_days is not None else []
    try:
        finished = _run(command, timeout_s)
    except subprocess.TimeoutExpired:
        raise InsightsError(
            f"The insights were not ready after {timeout_s:g} s; ask for fewer days, or run 'ml-api insights'."
        ) from None
    if finished.returncode != 0:
        # Whatever else is there, such as a traceback, is for the log.
        logger.error("insights failed", extra={"fields": {"code": finished.returncode, "output": finished.stderr}})
        message = finished.stderr.strip()
        raise InsightsError(message.removeprefix("Error: ") if message.startswith("Error: ") else FAILED)
    document: dict[str, Any] = json.loads(finished.stdout)
    return document


def _run(command: list[str], timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, and leave nothing of it behind: no process, and no file, however this ends."""
    with tempfile.TemporaryDirectory(prefix="ml-api-insights-", ignore_cleanup_errors=True) as scratch:
        environ = {**os.environ, "TMPDIR": scratch}  # noqa: TID251 - handed on; a process that is killed can't tidy up
        with subprocess.Popen(  # noqa: S603 - no shell, and no word of a client's but a number
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environ,
        ) as process:
            try:
                with contextlib.suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
                output, complaints = process.communicate(timeout=timeout_s)
            except BaseException:  # also the end of the request's time
                process.kill()
                process.wait()
                raise
    return subprocess.CompletedProcess(command, process.returncode, output, complaints)
