"""A real MLflow server with SQLite, in an environment of its own (scripts/install-mlflow-server)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

START_TIMEOUT_S = 120


class Server:
    """An MLflow server, and how to end it."""

    def __init__(self, program: str, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.uri = f"http://127.0.0.1:{port}"
        command = [program, "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
        places = [
            *("--backend-store-uri", f"sqlite:///{folder}/mlflow.db"),
            *("--artifacts-destination", f"{folder}/files"),
        ]
        variables = {"PATH": os.environ["PATH"], "HOME": str(folder), "MLFLOW_DISABLE_TELEMETRY": "true"}
        with (folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*command, *places], stdout=log, stderr=log, cwd=folder, env=variables, start_new_session=True
            )
        self._wait(folder / "server.log")

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.uri}/health", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        self.stop()
        pytest.fail(f"MLflow did not start:\n{log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End it and what it has started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Server]]:
    """Return a function that starts an MLflow server, which ends with the tests."""
    program = os.environ.get("MLFLOW_SERVER")
    if not program:
        reason = "MLFLOW_SERVER names no mlflow program (scripts/install-mlflow-server installs one)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    servers: list[Server] = []

    def start() -> Server:
        servers.append(Server(program, tmp_path_factory.mktemp("mlflow")))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server(start_server: Callable[[], Server]) -> Server:
    """One that all tests share which leave it alive."""
    return start_server()
