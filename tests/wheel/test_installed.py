"""A smoke test of the packages as they are installed from their wheels, outside the checkout."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

READY_TIMEOUT_S = 60.0
PACKAGES = Path(__file__).resolve().parents[2] / "packages"
MODEL_VERSION = (PACKAGES / "regression_model" / "regression_model" / "VERSION").read_text().strip()
API_VERSION = (PACKAGES / "ml_api" / "ml_api" / "VERSION").read_text().strip()


@pytest.fixture(scope="module")
def model(installation):
    """Train on the embedded sample, with the installed command."""
    folder = installation.folder / "model"
    finished = installation.run("regression-model", "train", "--sample", "--output", str(folder))
    assert finished.returncode == 0, finished.stderr
    return folder


@pytest.fixture(scope="module")
def example_row(installation, model):
    finished = installation.run("regression-model", "info", "--example-row", "--artifact", str(model))
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def ask(port: int, path: str, body: object = None) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        if body is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def wait_until_ready(server: subprocess.Popen, port: int) -> None:
    deadline_s = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline_s:
        assert server.poll() is None, "gunicorn ended at once"
        try:
            if ask(port, "/ready")[0] == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.2)
    pytest.fail(f"not ready within {READY_TIMEOUT_S:.0f} s")


@pytest.fixture(scope="module")
def port(installation, model):
    """Serve the model with gunicorn and the settings file that the wheel brought; yield the port."""
    with socket.socket() as listener, (installation.folder / "gunicorn.log").open("wb") as log:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        gunicorn = [str(installation.venv / "bin" / "gunicorn"), "--config", "python:ml_api.gunicorn_conf"]
        server = subprocess.Popen(
            [*gunicorn, "--bind", f"fd://{listener.fileno()}", "ml_api.wsgi:app"],
            cwd=installation.folder,
            env=installation.build_environment() | {"ML_API_ENV": "development", "ML_API_ARTIFACT": str(model)},
            stdout=log,
            stderr=log,
            pass_fds=[listener.fileno()],
        )
        number = listener.getsockname()[1]
    try:
        wait_until_ready(server, number)
        yield number
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0


def test_the_packages_come_from_the_environment_and_not_from_the_checkout(installation):
    code = "import regression_model, ml_api; print(regression_model.__file__); print(ml_api.__file__)"
    finished = installation.run("python", "-c", code)
    assert finished.returncode == 0, finished.stderr
    paths = finished.stdout.split()
    assert len(paths) == 2
    assert all(path.startswith(str(installation.venv)) for path in paths)


@pytest.mark.parametrize(("command", "version"), [("regression-model", MODEL_VERSION), ("ml-api", API_VERSION)])
def test_a_command_says_its_version(installation, command, version):
    finished = installation.run(command, "--version")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip().endswith(version)


def test_the_api_answers_as_the_command_line_does(installation, model, example_row, port):
    table = installation.folder / "houses.ndjson"
    table.write_text(json.dumps(example_row) + "\n")
    output = installation.folder / "prices.ndjson"
    finished = installation.run("regression-model", "predict", str(table), "-o", str(output), "--artifact", str(model))
    assert finished.returncode == 0, finished.stderr
    predicted = json.loads(output.read_text().splitlines()[0])

    status, answer = ask(port, "/v1/predict", example_row)

    assert status == 200
    assert answer["errors"] == {}
    assert answer["version"] == MODEL_VERSION
    # The same pipeline read from the same file: only the JSON of the number is in between.
    assert answer["predictions"] == pytest.approx([predicted["prediction"]], rel=1e-12)


def test_the_api_tells_both_versions(port):
    status, versions = ask(port, "/version")
    assert status == 200
    assert (versions["model_version"], versions["api_version"]) == (MODEL_VERSION, API_VERSION)
