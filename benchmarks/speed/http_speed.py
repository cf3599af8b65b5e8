"""Requests per second: the API beside a bare route, the slow path, and other people's servers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from speed.load import Lap, Target, run_load, wait_until_idle
from speed.models import Trained
from speed.peers import Peer, serve_peers
from speed.report import Figure, Section
from speed.servers import api_environ, create_key, find_free_port, gunicorn_command, run_server, yardstick_environ

CONNECTIONS = 8
SERVER_CORE, LOAD_CORE = 0, 1


@dataclass(frozen=True)
class Plan:
    """How long to measure: ``rounds`` times ``seconds`` for each target."""

    folder: Path
    rounds: int
    seconds: float


class Bench:
    """Servers that run side by side and are asked in turn."""

    def __init__(self, plan: Plan, stack: ExitStack) -> None:
        self._plan = plan
        self._stack = stack
        self._key = create_key(plan.folder)
        self.targets: list[Target] = []

    def add_api(self, name: str, trained: Trained, body: Path, **changes: str) -> None:
        """Serve the API with everything on, but for the changes to its environment."""
        port = find_free_port()
        environ = api_environ(self._plan.folder, trained.folder, port, **changes)
        self._serve("ml_api.wsgi:app", port, environ)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        self.targets.append(Target(name, f"http://127.0.0.1:{port}/v1/predict", body, headers))

    def add_app(self, name: str, make: str, trained: Trained, body: Path, path: str = "/v1/predict") -> None:
        """Serve one of the yardsticks."""
        port = find_free_port()
        environ = api_environ(self._plan.folder, trained.folder, port) | yardstick_environ(trained.folder)
        self._serve(f"speed.apps:{make}()", port, environ)
        self.targets.append(Target(name, f"http://127.0.0.1:{port}{path}", body, {"Content-Type": "application/json"}))

    def _serve(self, application: str, port: int, environ: dict[str, str]) -> None:
        command = gunicorn_command(application)
        folder = self._plan.folder
        self._stack.enter_context(
            run_server(command, port=port, environ=environ, folder=folder, ready="/ready", core=SERVER_CORE)
        )

    def measure(self) -> dict[str, list[Lap]]:
        """Ask all targets in turn, after a second of warming up."""
        laps: dict[str, list[Lap]] = {target.name: [] for target in self.targets}
        for number in range(-1, self._plan.rounds):
            for target in self.targets:
                seconds = self._plan.seconds if number >= 0 else 1.0
                lap = run_load(
                    target, seconds=seconds, connections=CONNECTIONS, core=LOAD_CORE, folder=self._plan.folder
                )
                if number >= 0:
                    laps[target.name].append(lap)
                wait_until_idle(target)
        return laps


def write_body(folder: Path, name: str, document: object) -> Path:
    """Write a body to send."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(document, separators=(",", ":")), encoding="utf-8")
    return path


def measure_one_row(plan: Plan, models: Sequence[Trained], peers: Sequence[Peer]) -> Section:
    """Measure bodies of one row."""
    section = Section(
        "One row",
        f"`wrk` with {CONNECTIONS} connections, {plan.rounds} rounds of {plan.seconds:g} s for each server in turn; "
        "one worker on one core. The API with keys, limits, logs and metrics. Bare: a Flask route on the same settings "
        "of gunicorn that parses the body and answers a constant. Slow: a Flask route that predicts with the pipeline "
        "and pandas.",
    )
    lasso = models[0]
    body = write_body(plan.folder, "one_row", lasso.rows[0])
    with ExitStack() as stack:
        bench = Bench(plan, stack)
        bench.add_app("bare", "make_bare", lasso, body)
        bench.add_app("slow", "make_slow", lasso, body)
        for trained in models:
            one = write_body(plan.folder, f"one_{trained.name}", trained.rows[0])
            bench.add_api(trained.name, trained, one)
        bench.targets += serve_peers(peers, lasso, plan.folder, stack)
        laps = bench.measure()
    section.figures += [
        Figure(f"{name}: requests", [lap.requests_per_s for lap in found], "/s") for name, found in laps.items()
    ]
    least = {"lasso": 0.6, "lightgbm": 0.5}
    for trained in models:
        section.figures += _compare(laps, trained.name, "bare", least[trained.name])
    section.figures += _compare(laps, "lasso", "slow", 45.0)
    for name in laps:
        if name in ("bare", "slow", "lasso"):
            section.figures.append(Figure(f"{name}: p99", [lap.p99_ms for lap in laps[name]], "ms"))
    waits = [a.p99_ms / b.p99_ms for a, b in zip(laps["lasso"], laps["bare"], strict=True)]
    section.figures.append(Figure("p99 of lasso / bare", waits, "", 3.0, at_least=False))
    for peer in peers:
        section.figures += _compare(laps, "lasso", peer.name, peer.target)
    return section


def measure_many_rows(plan: Plan, models: Sequence[Trained]) -> Section:
    """Measure bodies of 1,000 rows."""
    section = Section(
        "1,000 rows in one body",
        f"As above, {CONNECTIONS} connections; the bare route parses the same body with orjson and answers 1,000 "
        "constants.",
    )
    lasso = models[0]
    body = write_body(plan.folder, "many_rows", lasso.rows)
    with ExitStack() as stack:
        bench = Bench(plan, stack)
        bench.add_app("bare", "make_bare", lasso, body, "/v1/predict-orjson")
        bench.add_app("slow", "make_slow", lasso, body)
        bench.add_api("lasso", lasso, body)
        laps = bench.measure()
    section.figures += [
        Figure(f"{name}: requests", [lap.requests_per_s for lap in found], "/s") for name, found in laps.items()
    ]
    section.figures += _compare(laps, "lasso", "bare", 0.6)
    section.figures += _compare(laps, "lasso", "slow", 5.0)
    return section


def measure_features(plan: Plan, lasso: Trained) -> Section:
    """Measure what each feature of the API costs, by turning off one at a time."""
    section = Section(
        "What each feature costs",
        "Requests with one row per second, with one feature turned off, divided by those with everything on.",
    )
    body = write_body(plan.folder, "one_row", lasso.rows[0])
    variants = {
        "everything": {},
        "without the rate limit": {"ML_API_RATE_LIMIT": "off"},
        "without lines for each request in the log": {"ML_API_LOG_LEVEL": "WARNING"},
        "with the prediction log": {"ML_API_PREDICTION_LOG": str(plan.folder / "prediction_log")},
    }
    with ExitStack() as stack:
        bench = Bench(plan, stack)
        for name, changes in variants.items():
            bench.add_api(name, lasso, body, **changes)
        laps = bench.measure()
    for name in list(variants)[1:]:
        section.figures += _compare(laps, name, "everything", None)
    return section


def _compare(laps: dict[str, list[Lap]], name: str, other: str, target: float | None) -> list[Figure]:
    shares = [a.requests_per_s / b.requests_per_s for a, b in zip(laps[name], laps[other], strict=True)]
    return [Figure(f"{name} / {other}", shares, "", target)]
