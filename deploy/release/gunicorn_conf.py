"""The configuration of gunicorn that ml_api brings, and what a deployment to a folder adds to it.

It is copied into each release, and read by gunicorn only.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ml_api import gunicorn_conf as packaged
from ml_api.gunicorn_conf import *  # noqa: F403 - gunicorn reads the names out of this module

TARGET = Path(__file__).resolve().parents[2]


def on_starting(server: Any) -> None:  # noqa: ANN401 - gunicorn's classes have no types
    """Have SIGUSR2 execute whatever release is current by then, and not the one that was started."""
    packaged.on_starting(server)
    python = str(TARGET / "current" / "venv" / "bin" / "python")
    launch = str(TARGET / "current" / "launch.py")
    server.START_CTX = {0: python, "args": [python, "-I", launch], "cwd": str(TARGET)}


def post_worker_init(worker: Any) -> None:  # noqa: ANN401
    """Note which server serves, for whoever waits for it."""
    packaged.post_worker_init(worker)
    if worker.cfg.pidfile is not None:
        # A file of its own for each server: while two run, a new worker of the old one must not hide the new one.
        (TARGET / "run" / f"serving.{os.getppid()}").touch()
