"""What each feature of the API costs a request with one row: it is taken out, and the time compared with the whole.

Run as a program of its own (``python -m speed.feature_costs ARTIFACT ROW KEYS_FOLDER``), since gevent has to patch the
standard library first, as it does in the server. The application is called as the server calls it, without a server;
whole and part take turns, and what counts is the least time of each, in the processor.
"""

from __future__ import annotations

from gevent import monkey

if __name__ == "__main__":
    monkey.patch_all()

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from speed.models import Trained
from speed.report import Figure, Section
from speed.servers import api_environ, create_key

N_LAPS = 40
N_REQUESTS = 150
WHOLE = "everything"


def measure_feature_costs(folder: Path, trained: Trained) -> Section:
    """Measure in a process of its own."""
    row = folder / "one_row_for_costs.json"
    row.write_text(json.dumps(trained.rows[0], separators=(",", ":")), encoding="utf-8")
    command = [sys.executable, "-m", "speed.feature_costs", str(trained.folder), str(row), str(folder)]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
    least: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    whole = least.pop(WHOLE)
    section = Section(
        "What each feature costs a request",
        f"The application called without a server; least time of {N_LAPS} laps of {N_REQUESTS} requests with one row. "
        "Each feature is replaced by nothing in turn, or by the least that does; what it saves is what it costs.",
        [Figure(WHOLE, [whole], "µs")],
    )
    section.figures += [Figure(name, [whole - found], "µs") for name, found in least.items()]
    return section


def main() -> None:
    """Measure, and print the least times in microseconds as JSON."""
    artifact, row, folder = map(Path, sys.argv[1:])
    os.environ.update(api_environ(folder, artifact, 8000))
    call = _build_call(row.read_bytes(), create_key(folder))
    call()
    variants = {WHOLE: _take_out, **_list_features()}
    least = dict.fromkeys(variants, float("inf"))
    for _ in range(N_LAPS):
        for name, without in variants.items():
            with without():
                least[name] = min(least[name], _time(call))
        time.sleep(0.1)  # for what is gathered
    print(json.dumps(least))


def _time(call: Callable[[], None]) -> float:
    for _ in range(20):
        call()
    started = time.thread_time()
    for _ in range(N_REQUESTS):
        call()
    return (time.thread_time() - started) / N_REQUESTS * 1e6


def _build_call(body: bytes, key: str) -> Callable[[], None]:
    from ml_api.app import create_app

    app = create_app()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/v1/predict",
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "127.0.0.1:8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Bearer {key}",
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
    }
    statuses: list[str] = []

    def call() -> None:
        answer: Any = app.wsgi_app({**environ, "wsgi.input": BytesIO(body)}, lambda status, _: statuses.append(status))
        b"".join(answer)
        answer.close()
        if statuses.pop() != "200 OK":
            raise SystemExit("the API does not predict")

    return call


@contextmanager
def _take_out(*parts: tuple[object, str, Any]) -> Iterator[None]:
    with ExitStack() as stack:
        for owner, name, stub in parts:
            stack.enter_context(patch.object(owner, name, stub))
        yield


def _list_features() -> dict[str, Callable[[], Any]]:
    """Return by name what takes a feature out."""
    import orjson

    from ml_api.app import deadlines, headers, requests
    from ml_api.blueprints import prediction as route
    from ml_api.services import key_store, prediction, rates, tally

    constant = {"predictions": [1.0], "version": "0.0.0", "errors": {}}
    found = prediction._find_model_package()[1]
    verdict = rates.Verdict(is_allowed=True, limit=1, remaining=1, reset_s=1)
    live = key_store.LiveKey("0", "benchmark", "primary", "", ("predict",))

    def nothing(*_: object, **__: object) -> None:
        """Do nothing."""

    def pass_on(self: Any, *call: Any) -> Any:  # noqa: ANN401 - any application
        return self._inner(*call)

    parts: dict[str, list[tuple[object, str, Any]]] = {
        "keys": [(key_store.KeyStore, "find_by_token", lambda *_: live)],
        "rate limit": [(rates.RateCounter, "count", lambda *_: verdict)],
        "log: input, output and request": [(prediction, "log_fields", nothing), (requests, "log_fields", nothing)],
        "metrics": [(tally.Tally, name, nothing) for name in ("begin_request", "end_request", "add_predictions")],
        "time limit": [(deadlines._Deadline, "__call__", pass_on)],
        "security headers": [(headers._HeaderWriter, "__call__", pass_on)],
        "strict reading, beyond orjson": [
            (route, "read_flat", lambda body, **_: orjson.loads(body)),
            (route.RowLimits, "surely_hold", lambda *_: True),
        ],
        "validation and prediction": [(prediction, "_find_model_package", lambda: (lambda **_: dict(constant), found))],
        "record for metrics and the prediction log": [(prediction, "prepare_record", lambda *_: nothing)],
    }
    return {name: lambda taken=taken: _take_out(*taken) for name, taken in parts.items()}


if __name__ == "__main__":
    main()
