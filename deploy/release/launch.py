"""Becomes the server of the release that this file lies in. It is copied there when the release is installed.

Its environment is what `settings.env` of the deployment says, read by the shell, and little else: what happens to be
set where somebody deploys must not decide how the API runs. When the running server is told to hand over (SIGUSR2), it
executes the launcher of the release that is current then, and lets it inherit the socket.

Usage: launch.py [--candidate FD]      a server on an inherited socket, to be tried and ended, that keeps no predictions
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

RELEASE = Path(__file__).resolve().parent
TARGET = RELEASE.parent.parent
KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "GUNICORN_PID", "GUNICORN_FD")


def read_environment() -> dict[str, str]:
    """Return the variables for the server; `settings.env` may use the syntax of the shell."""
    base = {name: os.environ[name] for name in KEPT if name in os.environ}
    settings = TARGET / "settings.env"
    if not settings.exists():
        return base
    shell = ["sh", "-c", 'set -ae; . "$1"; env -0', "sh", str(settings)]
    output = subprocess.run(shell, env=base, check=True, stdout=subprocess.PIPE).stdout.decode()
    found = dict(line.split("=", 1) for line in output.split("\0") if "=" in line)
    return {name: value for name, value in found.items() if name not in ("PWD", "OLDPWD", "SHLVL", "_")}


def main(arguments: list[str]) -> None:
    """Build gunicorn's command line, and become it."""
    environment = read_environment()
    python = str(RELEASE / "venv" / "bin" / "python")
    command = [python, "-m", "gunicorn", "--config", str(RELEASE / "gunicorn_conf.py")]
    if arguments[:1] == ["--candidate"]:
        command += ["--bind", f"fd://{arguments[1]}", "--workers", "1"]
        environment["ML_API_WORKERS"] = "1"
        for name in ("ML_API_PREDICTION_LOG", "ML_API_LOG_FILE"):
            environment.pop(name, None)
    else:
        command += ["--pid", str(TARGET / "run" / "server.pid")]
    os.chdir(RELEASE)
    os.execve(python, [*command, "ml_api.wsgi:app"], environment)  # noqa: S606 - gunicorn, without a shell


if __name__ == "__main__":
    main(sys.argv[1:])
