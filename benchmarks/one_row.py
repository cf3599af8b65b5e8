"""Measures the API's own share of a request with one row, beside a bare Flask route on the same server.

Three routes answer, each on a server of one worker with the same configuration of gunicorn: ``/v1/predict`` of the
API; a Flask route that predicts the same row and does nothing else; and a Flask route that answers a constant. The
difference between the first two is what the API adds: parsing, validation of the request, logs, metrics, headers.
They are asked in turn, so that whatever else the machine does falls on all of them alike.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

START_TIMEOUT_S = 60

Targets = dict[str, tuple[int, str]]  # name -> port and path

BARE = """
from flask import Flask, request
from regression_model import load_pipeline, make_prediction

artifact = load_pipeline({artifact!r})
app = Flask("bare")

@app.get("/ready")
def ready():
    return {{"status": "ready"}}

@app.post("/constant")
def answer_constant():
    request.get_data()
    return {{"predictions": [1.0]}}

@app.post("/predict")
def predict():
    return make_prediction(input_data=request.get_json(), artifact=artifact)
"""


def main() -> None:
    """Start the servers, ask them in turn, print a table."""
    arguments = _parse_arguments()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        artifact = _find_artifact(arguments.artifact)
        body = json.dumps(_find_row(artifact)).encode()
        (folder / "bare.py").write_text(BARE.format(artifact=None if artifact is None else str(artifact)))
        bare = stack.enter_context(_serve(folder, "bare:app", artifact))
        api = stack.enter_context(_serve(folder, "ml_api.wsgi:app", artifact))
        targets = {
            "the API: /v1/predict": (api, "/v1/predict"),
            "a bare route with the model": (bare, "/predict"),
            "a bare route without": (bare, "/constant"),
        }
        rounds = _measure(targets, body, arguments)
    _show(list(targets), rounds, arguments.clients)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--artifact", type=Path, help="manifest of a model, or its folder (default: the published one)")
    parser.add_argument("--seconds", type=float, default=6.0, help="how long to measure in all (default: 6)")
    parser.add_argument("--clients", type=int, default=1, help="connections at a time (default: 1)")
    return parser.parse_args()


def _find_artifact(path: Path | None) -> Path | None:
    return None if path is None else path.resolve()


def _find_row(artifact: Path | None) -> dict[str, object]:
    from regression_model import load_pipeline

    return load_pipeline(artifact).example_row()


@contextmanager
def _serve(folder: Path, application: str, artifact: Path | None) -> Iterator[int]:
    """Serve an application as `ml-api serve` does, with one worker; yield the port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ML_API_")}  # noqa: TID251
    environ |= {
        "ML_API_ENV": "development",
        "ML_API_LOG_LEVEL": "INFO",
        "ML_API_PORT": str(port),
        "ML_API_RATE_LIMIT": "off",
        "PYTHONPATH": str(folder),
    }
    if artifact is not None:
        environ["ML_API_ARTIFACT"] = str(artifact)
    command = [sys.executable, "-m", "gunicorn", "--config", "python:ml_api.gunicorn_conf", application]
    with (folder / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)  # noqa: S603 - our own
    try:
        _wait_until_ready(process, port, folder / f"{port}.log")
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise SystemExit(f"a server does not start:\n{log.read_text()}")


def _measure(targets: Targets, body: bytes, arguments: argparse.Namespace) -> list[tuple[float, ...]]:
    """Ask all targets in turn until the time is over; return the milliseconds of each round, target by target."""
    rounds: list[tuple[float, ...]] = []
    failures: list[str] = []
    deadline = time.monotonic() + arguments.seconds

    def ask_all() -> None:
        connections = {port: http.client.HTTPConnection("127.0.0.1", port, timeout=30) for port, _ in targets.values()}
        try:
            _ask(connections, targets, body)  # the first time is slower
            while time.monotonic() < deadline and not failures:
                rounds.append(_ask(connections, targets, body))
        except (OSError, ValueError) as error:
            failures.append(str(error))

    clients = [threading.Thread(target=ask_all) for _ in range(arguments.clients)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if failures or not rounds:
        raise SystemExit(failures[0] if failures else "not one round was finished: give it more --seconds")
    return rounds


def _ask(connections: dict[int, http.client.HTTPConnection], targets: Targets, body: bytes) -> tuple[float, ...]:
    """Ask each target once; return the milliseconds that each took."""
    laps = []
    for name, (port, path) in targets.items():
        started = time.perf_counter()
        connections[port].request("POST", path, body, {"Content-Type": "application/json"})
        response = connections[port].getresponse()
        content = response.read()
        laps.append(1000 * (time.perf_counter() - started))
        if response.status != 200:
            raise ValueError(f"{name} answers {response.status}: {content!r}")
    return tuple(laps)


def _show(names: list[str], rounds: list[tuple[float, ...]], n_clients: int) -> None:
    print(f"{len(rounds)} rounds of one row each, {n_clients} connection(s) at a time, milliseconds\n")
    print(f"{'':30}{'median':>10}{'95 %':>10}")
    for name, laps in zip(names, zip(*rounds, strict=True), strict=True):
        late = sorted(laps)[int(0.95 * (len(laps) - 1))]
        print(f"{name:30}{statistics.median(laps):>10.2f}{late:>10.2f}")
    # Round by round, so that a busy moment of the machine is in both of the numbers that are compared.
    share = statistics.median(api - model for api, model, _ in rounds)
    model_share = statistics.median(model - constant for _, model, constant in rounds)
    print(f"\nthe API's own share: {share:.2f} ms; the model's: {model_share:.2f} ms")


if __name__ == "__main__":
    main()
