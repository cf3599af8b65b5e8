"""The real server: started as an operator starts it, asked over real sockets."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

START_TIMEOUT_S = 60  # a busy machine imports scikit-learn slowly
SERVE = "from ml_api.cli import main; main()"
JSON = {"Content-Type": "application/json"}


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **options: Any
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=headers or {}, **options)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **options: Any
    ) -> tuple[int, dict[str, Any]]:
        response, content = self.ask(method, path, body, headers, **options)
        return response.status, json.loads(content)

    def predict(self, rows: Any) -> tuple[int, dict[str, Any]]:
        return self.request("POST", "/v1/predict", json.dumps(rows), JSON)

    def connect(self, sent: bytes = b"", *, timeout_s: float = 10) -> socket.socket:
        """Open a raw connection and send some bytes."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=timeout_s)
        connection.sendall(sent)
        return connection

    def exchange(self, sent: bytes, *, timeout_s: float = 10) -> bytes:
        """Send raw bytes and read until the server hangs up."""
        received = b""
        with self.connect(sent, timeout_s=timeout_s) as connection:
            while data := connection.recv(65_536):
                received += data
        return received

    def measure_health_s(self) -> float:
        """Measure how long the server takes to say that it lives."""
        started = time.perf_counter()
        assert self.request("GET", "/health") == (200, {"status": "ok"})
        return time.perf_counter() - started

    def read_errors(self) -> str:
        return (self.folder / "stderr").read_text()

    def read_log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "stdout").read_text().splitlines()]

    def find_workers(self) -> list[int]:
        return [int(pid) for pid in re.findall(r"Booting worker with pid: (\d+)", self.read_errors())]

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            assert self.process.poll() is None, self.read_errors()
            try:
                if self.request("GET", "/ready")[0] == 200:
                    return
            except OSError:
                pass
            assert time.monotonic() < deadline, self.read_errors()
            time.sleep(0.05)


Serve = Callable[..., AbstractContextManager[Server]]


def _find_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def make_environ() -> Callable[..., dict[str, str]]:
    """Return the environment of this process with a home of its own and with no settings but the given ones."""

    def make(home: Path, **settings: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ML_API_")}
        for name in ("XDG_RUNTIME_DIR", "PORT"):
            inherited.pop(name, None)
        return {**inherited, "HOME": str(home), "ML_API_ENV": "testing", **settings}

    return make


@pytest.fixture(scope="session")
def serve(tmp_path_factory, model_folder, make_environ) -> Serve:
    """Start a server in an empty folder that is its home, with settings by their names in the environment."""

    @contextmanager
    def start(**settings: str) -> Iterator[Server]:
        folder, port = tmp_path_factory.mktemp("server"), _find_free_port()
        environ = make_environ(folder, **{"ML_API_ARTIFACT": str(model_folder), "PORT": str(port), **settings})
        with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
            process = subprocess.Popen(
                [sys.executable, "-c", SERVE, "serve"], cwd=folder, env=environ, stdout=out, stderr=err
            )
        try:
            server = Server(process, port, folder)
            server.wait_until_ready()
            yield server
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(10)

    return start


@pytest.fixture(scope="module")
def server(serve) -> Iterator[Server]:
    """One worker, for all tests of a file."""
    with ExitStack() as stack:
        yield stack.enter_context(serve())
