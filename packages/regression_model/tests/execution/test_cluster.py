"""Tasks on a real scheduler with real workers, all on the loopback."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

import regression_model
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


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of modules that workers can import."""
    return tmp_path_factory.mktemp("modules")


@pytest.fixture(scope="module")
def shared(run_cluster, modules, tmp_path_factory) -> Iterator:
    with run_cluster(tmp_path_factory.mktemp("workers"), PYTHONPATH=str(modules)) as running:
        yield running


@pytest.fixture
def copied(tasks, modules, tmp_path) -> str:
    """Name of the module of tasks, which workers can import, too."""
    shutil.copy(tmp_path / "modules" / f"{tasks}.py", modules)
    return tasks


@pytest.fixture
def cluster(shared, copied):
    """A scheduler and its two workers, to be left as they are."""
    return shared


@pytest.fixture
def run_own(run_cluster, copied, modules, tmp_path) -> Callable[..., AbstractContextManager]:
    """Return a function that starts another one, some of which a test may kill."""
    return partial(run_cluster, tmp_path, PYTHONPATH=str(modules))


def submit(backend: ClusterBackend, name: str, /, **payload: object):
    return backend.submit(Task(f"pool_tasks:{name}", payload, time_limit_s=PATIENCE_S))


def list_processes(file: Path, count: int) -> list[int]:
    """Wait until so many processes have been set up; return their numbers."""
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        found = file.read_text().split() if file.exists() else []
        if len(found) >= count:
            return list(map(int, found))
        threading.Event().wait(0.02)
    pytest.fail(f"there are no {count} processes")


def wait_for_end(process: int) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < deadline_s, "the process goes on"
        threading.Event().wait(0.02)


def test_tasks_end_there_as_they_end_here(cluster):
    setup = Setup("pool_tasks:prepare", {"table": [1, 2]})
    with ClusterBackend(cluster.address, PoolSettings(setup=setup)) as backend:
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


def test_what_is_cancelled_or_late_or_no_longer_wanted_is_ended_there(cluster, tmp_path):
    seen = tmp_path / "set-ups"
    setup = Setup("pool_tasks:prepare", {"file": str(seen)})
    with ClusterBackend(cluster.address, PoolSettings(setup=setup)) as backend:
        hanging = [submit(backend, "hang") for _ in range(3)]
        processes = list_processes(seen, 2)
        backend.cancel(hanging[0])
        assert [future.done() for future in hanging] == [True, False, False]
        backend.cancel()
        assert {future.result(PATIENCE_S).status for future in hanging} == {"cancelled"}
        assert submit(backend, "add", a=1, b=1).result(PATIENCE_S).result == 2
        late = backend.submit(Task("pool_tasks:hang", deadline_s=time.monotonic() + 0.5)).result(PATIENCE_S)
        assert (late.status, late.reason) == ("cancelled", "there was no time left to end it")
    with ClusterBackend(cluster.address, PoolSettings(setup=Setup(setup.function, {"file": f"{seen}-2"}))) as backend:
        left = [submit(backend, "hang") for _ in range(2)]
        processes += list_processes(Path(f"{seen}-2"), 2)
    assert {future.result(PATIENCE_S).status for future in left} == {"cancelled"}
    for process in processes:
        wait_for_end(process)


def test_a_set_up_that_fails_there_is_raised_here(cluster):
    setup = Setup("pool_tasks:prepare", {"error": "no such column"})
    with (
        ClusterBackend(cluster.address, PoolSettings(setup=setup)) as backend,
        pytest.raises(DataError, match=r"on the Dask worker tcp://127\.0\.0\.1:\d+: no such column"),
    ):
        submit(backend, "add", a=1, b=1).result(PATIENCE_S)


def test_another_version_there_is_refused(cluster, monkeypatch):
    monkeypatch.setattr(regression_model, "__version__", "0.0.1", raising=False)
    with (
        ClusterBackend(cluster.address) as backend,
        pytest.raises(WorkerError, match=r"on the Dask worker .* is installed there, and 0\.0\.1 here"),
    ):
        submit(backend, "add", a=1, b=1).result(PATIENCE_S)


def test_a_worker_that_is_killed_is_replaced_by_the_other_one(run_own, tmp_path):
    seen = tmp_path / "set-ups"
    settings = PoolSettings(setup=Setup("pool_tasks:prepare", {"file": str(seen)}))
    with run_own() as cluster, ClusterBackend(cluster.address, settings) as backend:
        futures = [submit(backend, "wait", seconds=1.0, value=n) for n in range(4)]
        list_processes(seen, 2)
        os.kill(cluster.workers[0].pid, signal.SIGKILL)
        assert [future.result(PATIENCE_S).result for future in futures] == [0, 1, 2, 3]


def test_a_task_that_no_worker_survives_is_an_error_and_no_crash_of_the_task(run_own, tmp_path):
    seen = tmp_path / "set-ups"
    settings = PoolSettings(setup=Setup("pool_tasks:prepare", {"file": str(seen)}))
    with (
        run_own(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as cluster,
        ClusterBackend(cluster.address, settings) as backend,
    ):
        futures = [submit(backend, "hang") for _ in range(2)]
        list_processes(seen, 2)
        os.kill(cluster.workers[0].pid, signal.SIGKILL)
        ended, _ = wait(futures, timeout=PATIENCE_S, return_when=FIRST_COMPLETED)
        with pytest.raises(WorkerError, match=r"died one after the other; .*trial_memory_mb"):
            ended.pop().result(0)


def test_a_worker_that_is_ended_hands_its_task_over_and_a_scheduler_that_goes_away_is_said_so(run_own, tmp_path):
    seen = tmp_path / "set-ups"
    settings = PoolSettings(setup=Setup("pool_tasks:prepare", {"file": str(seen)}))
    with run_own() as cluster, ClusterBackend(cluster.address, settings) as backend:
        futures = [submit(backend, "wait", seconds=1.0, value=n) for n in range(2)]
        list_processes(seen, 2)
        os.kill(cluster.workers[0].pid, signal.SIGTERM)
        assert [future.result(PATIENCE_S).result for future in futures] == [0, 1]

        futures = [submit(backend, "hang") for _ in range(2)]
        os.kill(cluster.scheduler.pid, signal.SIGKILL)
        for future in futures:
            with pytest.raises(WorkerError, match=rf"the Dask scheduler {cluster.address} has gone away"):
                future.result(PATIENCE_S)
        for process in list_processes(seen, 2):
            wait_for_end(process)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://127.0.0.1:9"])
def test_a_scheduler_that_does_not_answer_is_said_so(monkeypatch, address):
    monkeypatch.setattr("regression_model.execution.cluster._CONNECT_S", 0.5)
    with pytest.raises(WorkerError, match=rf"no Dask scheduler answers at {address}: .*start one"):
        ClusterBackend(address)
