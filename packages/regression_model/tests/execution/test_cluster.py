"""Tasks on a real scheduler with real workers, all on the loopback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from regression_model.errors import DataError, TrainingError, WorkerError
from regression_model.execution import PoolSettings, Setup, Task
from regression_model.execution.cluster import ClusterBackend

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.slow,
    # Sockets of the client's event loop are closed by the garbage collector after the loop has ended.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PATIENCE_S = 90.0


def wait_for(stream, pattern: str) -> str:
    """Read lines until one matches, and go on reading, so that the process never waits for a reader."""
    for line in stream:
        if found := re.search(pattern, line):
            threading.Thread(target=stream.read, daemon=True).start()
            return found[0]
    pytest.fail(f"the process ended without {pattern!r}")


@pytest.fixture
def cluster(tmp_path, tasks) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """Address of a scheduler, and its two workers."""
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "modules")}

    def start(stack: ExitStack, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
        process = stack.enter_context(
            subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path)
        )
        stack.callback(process.kill)
        return process

    with ExitStack() as stack:
        scheduler = start(stack, "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        address = wait_for(scheduler.stderr, r"tcp://127\.0\.0\.1:\d+")
        limits = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        workers = [start(stack, "dask_worker", address, *limits) for _ in range(2)]
        for worker in workers:
            wait_for(worker.stderr, "Registered to")
        yield address, workers


def submit(backend: ClusterBackend, name: str, /, **payload: object):
    return backend.submit(Task(f"pool_tasks:{name}", payload, time_limit_s=PATIENCE_S))


def test_tasks_end_there_as_they_end_here(cluster, tmp_path):
    address, _ = cluster
    setup = Setup("pool_tasks:prepare", {"table": [1, 2]})
    with ClusterBackend(address, PoolSettings(setup=setup)) as backend:
        assert backend.n_workers == 2
        told = submit(backend, "tell", names=["PYTHONHASHSEED"]).result().result
        assert told["environment"] == {"PYTHONHASHSEED": "0"}
        assert told["state"] == {"table": [1, 2]}
        failed = submit(backend, "fail").result()
        assert (failed.status, failed.reason) == ("failed", "TrainingError: two lines")
        assert isinstance(failed.error, TrainingError)
        assert submit(backend, "crash", signal="SIGSEGV").result().status == "crashed"
        slow = backend.submit(Task("pool_tasks:hang", time_limit_s=0.5)).result()
        assert slow.status == "timed_out"
        assert [submit(backend, "add", a=n, b=1).result().result for n in range(4)] == [1, 2, 3, 4]
        hanging = [submit(backend, "hang") for _ in range(3)]
        backend.cancel()
        assert {future.result(PATIENCE_S).status for future in hanging} == {"cancelled"}
        assert submit(backend, "add", a=1, b=1).result().result == 2


def test_a_set_up_that_fails_there_is_raised_here(cluster):
    address, _ = cluster
    setup = Setup("pool_tasks:prepare", {"error": "no such column"})
    with (
        ClusterBackend(address, PoolSettings(setup=setup)) as backend,
        pytest.raises(DataError, match="no such column"),
    ):
        submit(backend, "add", a=1, b=1).result()


def test_a_worker_that_is_killed_is_replaced_by_the_other_one(cluster, tmp_path):
    address, workers = cluster
    seen = tmp_path / "set-ups"
    with ClusterBackend(address, PoolSettings(setup=Setup("pool_tasks:prepare", {"file": str(seen)}))) as backend:
        futures = [submit(backend, "wait", seconds=1.0, value=n) for n in range(4)]
        while not Path(seen).exists() or len(seen.read_text().splitlines()) < 2:
            threading.Event().wait(0.05)
        os.kill(workers[0].pid, signal.SIGKILL)
        assert [future.result(PATIENCE_S).result for future in futures] == [0, 1, 2, 3]


def test_a_scheduler_that_does_not_answer_is_said_so(monkeypatch):
    monkeypatch.setattr("regression_model.execution.cluster._CONNECT_S", 0.5)
    with pytest.raises(WorkerError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9: .*start one"):
        ClusterBackend("tcp://127.0.0.1:9")
