"""Holds the real server under load while its workers are killed, then looks whether its memory grows.

The server is started as in production, with keys, limits, metrics, a log file and a prediction log. First, clients ask
for predictions for a minute, and every ten seconds the busiest worker is killed: no answer may be wrong, no request
may fail but those in the hands of a killed worker, and these are answered when they are sent once more. Then another
server answers 20,000 predictions and 2,000 requests that it has to refuse: the memory of its workers, from
``/proc/PID/smaps_rollup``, may grow by less than 1% per 10,000 requests. Every single answer is checked against what
the model itself predicts for the row.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import math
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from api_server import MEMORY, Server, read_memory_kb, serve

ANSWER_TIMEOUT_S = 60
REQUESTS_PER_CONNECTION = 25  # so that a worker which replaces a killed one gets its share
N_STEPS = 10
LARGEST_BODY = b'{"a": "' + b"x" * 300_000 + b'"}'


@dataclass(frozen=True)
class Question:
    """A request, and what a right answer to it is: a prediction, or an error with one of some statuses."""

    path: str
    body: bytes
    prediction: float | str | None = None
    statuses: tuple[int, ...] = (200,)
    method: str = "POST"
    content_type: str = "application/json"
    key: str | None = None

    def accepts(self, status: int, content: bytes) -> bool:
        """Say whether an answer is right."""
        answer = json.loads(content)
        if status not in self.statuses:
            return False
        if self.prediction is None:
            return list(answer) == ["error"]
        return bool(answer["errors"] == {}) and self._is_right(answer["predictions"])

    def _is_right(self, predictions: list[float | str]) -> bool:
        """Compare with what the pipeline predicts; the API's compiled form adds in another order."""
        if isinstance(self.prediction, float):
            [prediction] = predictions
            return isinstance(prediction, float) and math.isclose(prediction, self.prediction, rel_tol=1e-9)
        return predictions == [self.prediction]


@dataclass
class Tally:
    """What became of the requests of all clients; lists may be appended to by several threads."""

    right: list[float] = field(default_factory=list)  # seconds that each took
    wrong: list[str] = field(default_factory=list)
    failed_on: list[int] = field(default_factory=list)  # the port at the client's end
    failed_again: list[str] = field(default_factory=list)


class Client(threading.Thread):
    """Asks one question after the other, each of them once more if there was no answer."""

    def __init__(self, server: Server, questions: Iterator[Question], tally: Tally) -> None:
        super().__init__(daemon=True)
        self._server, self._questions, self._tally = server, questions, tally
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=ANSWER_TIMEOUT_S)
        self._port = 0
        self._n_left = 0

    def run(self) -> None:
        """Ask until there are no more questions."""
        for question in self._questions:
            try:
                self._ask(question)
            except (OSError, http.client.HTTPException):
                self._tally.failed_on.append(self._port)
                self._connection.close()
                try:
                    self._ask(question)
                except (OSError, http.client.HTTPException) as error:
                    self._tally.failed_again.append(repr(error))
                    self._connection.close()
        self._connection.close()

    def _ask(self, question: Question) -> None:
        started = time.perf_counter()
        if self._n_left == 0 or self._connection.sock is None:
            self._connection.close()
            self._connection.connect()
            self._port, self._n_left = self._connection.sock.getsockname()[1], REQUESTS_PER_CONNECTION
        self._n_left -= 1
        headers = {
            "Authorization": f"Bearer {question.key or self._server.key}",
            "Content-Type": question.content_type,
        }
        self._connection.request(question.method, question.path, question.body, headers)
        response = self._connection.getresponse()
        content = response.read()
        if question.accepts(response.status, content):
            self._tally.right.append(time.perf_counter() - started)
        else:
            self._tally.wrong.append(f"{question.method} {question.path}: {response.status} {content[:300]!r}")


class Shared:
    """Lets several threads take from one iterator."""

    def __init__(self, items: Iterator[Question]) -> None:
        self._items, self._lock = items, threading.Lock()

    def __iter__(self) -> Shared:
        """Return itself."""
        return self

    def __next__(self) -> Question:
        """Take the next one."""
        with self._lock:
            return next(self._items)


def main() -> None:
    """Run both parts, tell what came of them; the exit code is 1 if anything was not as it has to be."""
    arguments = _parse_arguments()
    artifact = None if arguments.artifact is None else arguments.artifact.resolve()
    predictions = _build_predictions(artifact)
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        if arguments.seconds:
            with serve(Path(name) / "load", artifact=artifact, workers=arguments.workers) as server:
                problems += _hold_under_load(server, predictions, arguments)
                problems += _find_tracebacks(server)
        if arguments.predictions:
            with serve(Path(name) / "memory", artifact=artifact, workers=arguments.workers) as server:
                problems += _watch_memory(server, predictions, arguments)
                problems += _find_tracebacks(server)
    if problems:
        raise SystemExit("\n".join(["FAILED:", *problems]))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--artifact", type=Path, help="manifest of a model, or its folder (default: the published one)")
    parser.add_argument("--workers", type=int, default=2, help="workers of the server (default: 2)")
    parser.add_argument("--connections", type=int, default=8, help="connections at a time (default: 8)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the load lasts, 0: none (default: 60)")
    parser.add_argument("--kill-every", type=float, default=10.0, help="seconds between two kills (default: 10)")
    parser.add_argument(
        "--predictions", type=int, default=20_000, help="while memory is watched, 0: don't (default: 20000)"
    )
    parser.add_argument("--errors", type=int, default=2_000, help="refused requests among them (default: 2000)")
    parser.add_argument("--max-growth", type=float, default=1.0, help="of memory, in %% per 10,000 (default: 1)")
    return parser.parse_args()


def _build_predictions(artifact: Path | None) -> list[Question]:
    """Ask for the rows whose predictions the model carries as a check of itself."""
    from regression_model import load_pipeline, make_prediction

    model = load_pipeline(artifact)
    questions = []
    for row in model.manifest.content["golden_rows"]["rows"]:
        [prediction] = make_prediction(input_data=row, artifact=model)["predictions"]
        questions.append(Question("/v1/predict", json.dumps(row).encode(), prediction))
    return questions


def _build_errors() -> Iterator[Question]:
    """Make requests that are refused, each kind for another reason and at another place, none quite like another."""
    for number in itertools.count():
        yield Question("/v1/predict", b'{"no-column-%d": "%d"}' % (number, number), statuses=(422,))
        yield Question("/v1/predict", b'{"broken-%d": NaN}' % number, statuses=(400,))
        yield Question("/v1/predict", LARGEST_BODY, statuses=(413,))
        yield Question("/v1/predict", b"<x>%d</x>" % number, statuses=(415,), content_type="application/xml")
        yield Question(f"/v1/predict?unknown{number}=1", b"{}", statuses=(422,))
        yield Question(f"/nowhere/{number}", b"", statuses=(404,))
        yield Question("/v1/predict", b"", statuses=(405,), method="DELETE")
        # Wrong keys are counted by address, and after some of them 429 is the answer.
        yield Question("/v1/predict", b"{}", statuses=(401, 429), key=f"rm_{number:012x}_{'a' * 43}")


def _mix(predictions: list[Question], n_between: float) -> Iterator[Question]:
    """Put an error after every so many predictions, without end."""
    errors, n_errors = _build_errors(), 0
    for number, question in enumerate(itertools.cycle(predictions), 1):
        yield question
        if number >= (n_errors + 1) * n_between:
            n_errors += 1
            yield next(errors)


def _start_clients(server: Server, questions: Iterator[Question], tally: Tally, n_clients: int) -> list[Client]:
    shared = Shared(questions)
    clients = [Client(server, shared, tally) for _ in range(n_clients)]
    for client in clients:
        client.start()
    return clients


def _hold_under_load(server: Server, predictions: list[Question], arguments: argparse.Namespace) -> list[str]:
    tally, in_hands, n_killed = Tally(), [], 0
    started, is_over = time.monotonic(), threading.Event()
    questions = itertools.takewhile(lambda _: not is_over.is_set(), itertools.cycle(predictions))
    clients = _start_clients(server, questions, tally, arguments.connections)
    while (n_killed + 1) * arguments.kill_every < arguments.seconds:
        time.sleep(max(0.0, started + (n_killed + 1) * arguments.kill_every - time.monotonic()))
        # On a slow machine the last one is not replaced yet, and what was sent once more must not be hit again.
        server.wait_until_loaded(arguments.workers + n_killed)
        in_hands += server.kill_busiest_worker()
        n_killed += 1
    time.sleep(max(0.0, started + arguments.seconds - time.monotonic()))
    is_over.set()
    for client in clients:
        client.join()
    explained = set(in_hands)
    elsewhere = [port for port in tally.failed_on if port not in explained]
    print(f"load: {arguments.seconds:g} s, {arguments.connections} connections, {n_killed} workers killed")
    print(f"  {len(tally.right)} right answers, {len(tally.wrong)} wrong ones")
    print(f"  {len(tally.failed_on)} failures; {len(in_hands)} requests were in the hands of the killed workers")
    print(f"  {len(elsewhere)} failures elsewhere, {len(tally.failed_again)} after one retry")
    problems = [f"wrong answer: {answer}" for answer in tally.wrong[:5]]
    problems += [f"no answer after a retry: {error}" for error in tally.failed_again[:5]]
    if elsewhere or len(tally.failed_on) > len(in_hands):
        problems.append("requests failed that no killed worker had in its hands")
    if not tally.right:
        problems.append("there was not one right answer")
    return problems


def _watch_memory(server: Server, predictions: list[Question], arguments: argparse.Namespace) -> list[str]:
    questions, tally = _mix(predictions, arguments.predictions / max(1, arguments.errors)), Tally()
    n_all = arguments.predictions + arguments.errors

    def ask(n: int) -> None:
        for client in _start_clients(server, itertools.islice(questions, n), tally, arguments.connections):
            client.join()

    # Until each worker has done everything that it does a first time.
    ask(max(400, n_all // 5))
    workers = server.find_workers()
    print(f"memory: {arguments.predictions} predictions, {arguments.errors} errors, {len(workers)} workers, in MB")
    print(f"  {'requests':>10}{MEMORY[0]:>22}{MEMORY[1]:>22}")
    sizes = []
    for step in range(N_STEPS + 1):
        if step:
            ask(n_all // N_STEPS)
        memory = [read_memory_kb(worker) for worker in workers]
        sizes.append([sum(size) / 1024 for size in zip(*memory, strict=True)])
        print(f"  {step * n_all // N_STEPS:>10}{sizes[-1][0]:>22.2f}{sizes[-1][1]:>22.2f}", flush=True)
    growth = [_measure_growth(n_all / N_STEPS, column) for column in zip(*sizes, strict=True)]
    told = ", ".join(f"{grown:.2f}% ({name})" for name, grown in zip(MEMORY, growth, strict=True))
    print(f"  grown by {told} per 10,000 requests, by a line through all of them")
    problems = [f"wrong answer: {answer}" for answer in tally.wrong[:5]]
    if tally.failed_on or server.find_workers() != workers:
        problems.append(f"{len(tally.failed_on)} requests failed, though no worker was killed")
    if max(growth) >= arguments.max_growth:
        problems.append(f"memory grows by more than {arguments.max_growth:g}% per 10,000 requests")
    return problems


def _measure_growth(n_requests: float, sizes: Sequence[float]) -> float:
    """Fit a line through sizes that are so many requests apart; return its growth in % per 10,000 requests.

    Of the whole line, and not from the first size to the last, either of which may be a moment's.
    """
    line = statistics.linear_regression([step * n_requests for step in range(len(sizes))], sizes)
    return 100 * 10_000 * line.slope / line.intercept


def _find_tracebacks(server: Server) -> list[str]:
    written = server.errors.read_text()
    return [f"the server complains:\n{written[-3_000:]}"] if "Traceback" in written else []


if __name__ == "__main__":
    main()
