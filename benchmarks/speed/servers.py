"""Starts the servers that are measured, one process of one worker each, all pinned to the same core."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT_S = 180


@dataclass(frozen=True)
class Running:
    """A server that answers.

    Attributes
    ----------
    port : int
    pid : int
        Of its first process.
    seconds_to_ready : float
        From the start of the process to the first success of the path that says so.
    """

    port: int
    pid: int
    seconds_to_ready: float


def find_free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def run_server(
    command: Sequence[str], *, port: int, environ: Mapping[str, str], folder: Path, ready: str, core: int | None = 0
) -> Iterator[Running]:
    """Run a server until the block ends.

    Parameters
    ----------
    command : sequence of str
    port : int
        Where it will listen.
    environ : mapping of str to str
        Besides that of this process, without its ``ML_API_*``.
    folder : Path
        Working folder and place of the log.
    ready : str
        Path that answers 200 when it is ready.
    core : int or None
        To which it is pinned.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ML_API_")}
    pinned = ["taskset", "-c", str(core), *command] if core is not None else list(command)
    log_path = folder / f"{port}.log"
    started = time.perf_counter()
    with log_path.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own servers
            pinned, cwd=folder, env={**inherited, **environ}, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_until_ready(process, f"http://127.0.0.1:{port}{ready}", log_path)
        yield Running(port, process.pid, time.perf_counter() - started)
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # its own session: nothing but what was started above
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - loopback
                if response.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise SystemExit(f"a server does not start:\n{log.read_text()[-4000:]}")


def api_environ(folder: Path, artifact: Path, port: int, **changes: str) -> dict[str, str]:
    """Return the environment of the API as in production, with keys, limits, logs and metrics."""
    return {
        "ML_API_ENV": "production",
        "ML_API_PORT": str(port),
        "ML_API_WORKERS": "1",
        "ML_API_ARTIFACT": str(artifact),
        "ML_API_KEYS_FILE": str(folder / "keys.json"),
        "ML_API_SECRET_KEY": "0123456789abcdef" * 2,  # of a server that lives for minutes, on loopback
        "ML_API_RATE_LIMIT": "100000 per second",  # counted, and never reached
        "ML_API_MAX_BODY_BYTES": "10000000",
        "ML_API_LOG_FILE": str(folder / f"api-{port}.log"),
        **changes,
    }


def create_key(folder: Path) -> str:
    """Make a key that the servers in this folder accept."""
    environ = {**os.environ, "ML_API_KEYS_FILE": str(folder / "keys.json")}
    command = [sys.executable, "-m", "ml_api", "keys", "create", f"benchmark-{time.time_ns()}", "--scope", "predict"]
    return subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()  # noqa: S603


def yardstick_environ(artifact: Path) -> dict[str, str]:
    """Return what an application of `speed.apps` needs besides: its artifact, and where it is imported from."""
    places = [str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"BENCHMARK_ARTIFACT": str(artifact), "PYTHONPATH": os.pathsep.join(places)}


def gunicorn_command(application: str) -> list[str]:
    """Return the command that serves an application with the API's configuration of gunicorn."""
    return [sys.executable, "-m", "gunicorn", "--config", "python:ml_api.gunicorn_conf", application]
