"""The real server: started as an operator starts it, asked over real sockets."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

T = TypeVar("T")

TIMEOUT_S = 60  # a busy machine imports scikit-learn slowly
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
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
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

    def connect(self, sent: bytes = b"", *, timeout_s: float = TIMEOUT_S) -> socket.socket:
        """Open a raw connection and send some bytes."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=timeout_s)
        connection.sendall(sent)
        return connection

    def exchange(self, sent: bytes, *, timeout_s: float = TIMEOUT_S) -> bytes:
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
        """Return the lines that are written; a line may be on its way for a moment."""
        return [json.loads(line) for line in (self.folder / "stdout").read_text().splitlines(True) if line[-1] == "\n"]

    def find_workers(self) -> list[int]:
        """Return all workers that there ever were, in the order of their start."""
        return [int(pid) for pid in re.findall(r"Booting worker with pid: (\d+)", self.read_errors())]

    def count_in_flight(self) -> int:
        """Return how many requests are being answered, besides the one that asks."""
        found = re.search(r"(?m)^ml_api_requests_in_flight (\d+)", self.ask("GET", "/metrics")[1].decode())
        return int(found[1]) - 1

    def wait_until(self, is_met: Callable[[], object]) -> None:
        """Wait until a condition is met; one that can't even be asked for is not."""
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            with suppress(OSError, http.client.HTTPException):
                if is_met():
                    return
            assert time.monotonic() < deadline, self.read_errors()
            time.sleep(0.02)

    def wait_until_ready(self) -> None:
        def is_ready() -> bool:
            assert self.process.poll() is None, self.read_errors()
            return self.request("GET", "/ready")[0] == 200

        self.wait_until(is_ready)

    def kill_worker(self) -> None:
        """Kill the worker of a server that has one, and wait until another is ready."""
        workers = self.find_workers()
        os.kill(workers[-1], signal.SIGKILL)
        self.wait_until(lambda: len(self.find_workers()) > len(workers))
        self.wait_until_ready()


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
                    process.wait(40)  # the graceful time, and some more
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(10)

    return start


@pytest.fixture(scope="session")
def server(serve, tmp_path_factory) -> Iterator[Server]:
    """One worker, for all tests that leave it as it is."""
    with serve(ML_API_PREDICTION_LOG=str(tmp_path_factory.mktemp("log"))) as running:
        yield running


@dataclass
class Watch:
    """Asks a server for something small all the time, from before a request until after it.

    Attributes
    ----------
    measure : callable
        Asks once, and returns the seconds that it took.
    below_s : float
        How long that may take.
    """

    measure: Callable[[], float]
    below_s: float = 0.5

    def during(self, ask: Callable[[], T], n_attempts: int = 3) -> T:
        """Return what `ask` returns; it should compute nothing, since that would hold up the watch itself.

        The machine may be busy with something else at any one moment; what holds a server up, does so each time.
        """
        for _ in range(n_attempts):
            laps_s: list[float] = []
            answer, elapsed_s = self._watch(ask, laps_s)
            # One lap after the other, without a gap: whatever they do not cover is short.
            assert sum(laps_s) > 0.8 * elapsed_s, "it was not asked for often enough to show anything"
            if max(laps_s) < self.below_s:
                return answer
        pytest.fail(f"it took {max(laps_s):.2f} s, as the longest of {len(laps_s)} laps in {elapsed_s:.1f} s")

    def _watch(self, ask: Callable[[], T], laps_s: list[float]) -> tuple[T, float]:
        has_lap, is_over = threading.Event(), threading.Event()

        def watch() -> None:
            while not is_over.is_set():
                laps_s.append(self.measure())
                has_lap.set()

        watching = threading.Thread(target=watch)
        watching.start()
        assert has_lap.wait(10)
        started = time.perf_counter()
        try:
            return ask(), time.perf_counter() - started
        finally:
            is_over.set()
            watching.join()


@pytest.fixture(scope="session")
def build_watch() -> type[Watch]:
    """Return what watches a server while it is busy."""
    return Watch


@pytest.fixture(scope="session")
def check_quick() -> Callable[..., None]:
    """Return a check that what is measured is below a limit.

    The machine may be busy with something else at any one moment; what holds a server up, does so each time.
    """

    def check(measure: Callable[[], float], *, below_s: float, n_attempts: int = 3) -> None:
        laps = []
        for _ in range(n_attempts):
            laps.append(measure())
            if laps[-1] < below_s:
                return
        pytest.fail(f"took {laps} s instead of {below_s} s")

    return check
