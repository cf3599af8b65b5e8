"""The real server: started as an operator starts it, asked over a real socket, stopped and killed."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).parents[1]
START_TIMEOUT_S = 60  # a busy machine imports scikit-learn slowly
SERVE = "from ml_api.cli import main; main()"


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **options: Any
    ) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=headers or {}, **options)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def predict(self, rows: Any) -> tuple[int, dict[str, Any]]:
        return self.request("POST", "/v1/predict", json.dumps(rows), {"Content-Type": "application/json"})

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


def _environ(folder: Path, **settings: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ML_API_")}
    inherited.pop("XDG_RUNTIME_DIR", None)
    return {**inherited, "HOME": str(folder), "ML_API_ENV": "testing", **settings}


def _find_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _serve(folder: Path, model_folder: Path) -> Iterator[Server]:
    port = _find_free_port()
    command = [sys.executable, "-c", SERVE, "serve", "--port", str(port)]
    environ = _environ(folder, ML_API_ARTIFACT=str(model_folder))
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=out, stderr=err)
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


@pytest.fixture(scope="module")
def server(tmp_path_factory, model_folder) -> Iterator[Server]:
    with _serve(tmp_path_factory.mktemp("server"), model_folder) as running:
        yield running


def test_it_is_healthy_and_ready(server, artifact):
    assert server.request("GET", "/health") == (200, {"status": "ok"})
    assert server.request("GET", "/ready") == (200, {"status": "ready", "model_version": artifact.version})
    assert server.request("GET", "/version")[1]["artifact_digest"] == artifact.digest


def test_it_predicts_and_logs_as_json(server, row):
    status, answer = server.predict([row, None, row])
    assert status == 200
    assert answer["predictions"][0] == answer["predictions"][2] > 0
    assert answer["predictions"][1] is None
    lines = [line for line in server.read_log() if line.get("request_id") == answer["request_id"]]
    assert [line["message"] for line in lines] == ["prediction input", "prediction output", "request"]


def test_a_chunked_body_is_limited(server, row, check_error):
    chunk = json.dumps(row).encode().ljust(1000)
    headers = {"Content-Type": "application/json"}
    status, answer = server.request("POST", "/v1/predict", iter([chunk]), headers, encode_chunked=True)
    assert (status, list(answer["errors"])) == (200, [])
    # The first 200 chunks are within the limit and, cut off there, would be a good document.
    body = iter([chunk, *[b" " * 1000] * 300])
    status, answer = server.request("POST", "/v1/predict", body, headers, encode_chunked=True)
    assert (status, answer["error"]["code"]) == (413, "content_too_large")


def test_a_client_that_overshoots_reads_its_answer(server):
    headers = {"Content-Type": "application/json"}
    status, answer = server.request("POST", "/v1/predict", b" " * 390_000, headers)
    assert (status, answer["error"]["code"]) == (413, "content_too_large")


def test_it_leaves_nothing_in_anybodys_home(server):
    assert sorted(path.name for path in server.folder.iterdir()) == ["stderr", "stdout"]


def test_a_killed_worker_is_replaced(server, row):
    [*_, worker] = server.find_workers()
    before = server.predict(row)[1]["predictions"]
    os.kill(worker, signal.SIGKILL)
    server.wait_until_ready()
    assert server.predict(row)[1]["predictions"] == before
    assert server.find_workers()[-1] != worker


def test_sigterm_is_an_orderly_stop(tmp_path, model_folder):
    with _serve(tmp_path, model_folder) as server:
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
        for worker in server.find_workers():
            with pytest.raises(ProcessLookupError):
                os.kill(worker, 0)
        assert "Traceback" not in server.read_errors()


def _check_config(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        # Printing the configuration also loads the application: a small one will do.
        [sys.executable, "-m", "gunicorn", "--print-config", *arguments, "wsgiref.simple_server:demo_app"],
        cwd=PACKAGE,
        env=_environ(folder, ML_API_ARTIFACT=str(folder), **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments", [("--config", "python:ml_api.gunicorn_conf"), ()], ids=["module", "file-in-folder"]
)
def test_gunicorn_takes_its_configuration_from_the_settings(tmp_path, arguments):
    result = _check_config(tmp_path, *arguments, PORT="4321", ML_API_WORKERS="7", ML_API_TIMEOUT_S="11")
    assert result.returncode == 0, result.stderr
    config = dict(re.findall(r"(?m)^(\w+)\s+= (.*)$", result.stdout))
    assert config["bind"] == "['127.0.0.1:4321']"
    assert config["workers"] == "7"
    assert config["timeout"] == "11"
    assert config["control_socket_disable"] == "True"
    assert config["accesslog"] == "None"


def test_gunicorn_says_in_one_message_which_settings_it_cannot_use(tmp_path):
    result = _check_config(tmp_path, "--config", "python:ml_api.gunicorn_conf", ML_API_PORT="x")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "",
        "Error: The environment can't be used:",
        "- ML_API_PORT must be a whole number from 1 to 65535, but is 'x'",
    ]
