from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from regression_model.errors import DataError, TrainingError, WorkerError
from regression_model.execution import PoolSettings, Setup, Task, WorkerPool
from regression_model.train_pipeline.isolation import pinned_environment

PATIENCE_S = 60.0


@pytest.fixture
def pool(tasks):
    with WorkerPool() as pool:
        yield pool


def run(pool: WorkerPool, name: str, /, **payload: object):
    return pool.submit(Task(f"pool_tasks:{name}", payload, time_limit_s=PATIENCE_S)).result()


def wait_until_gone(process_id: int) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        try:
            # A process that nobody has waited for yet is still there, but does nothing any more, once its other threads
            # have ended, too.
            state = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0]
            if state == "Z" and len(list(Path(f"/proc/{process_id}/task").iterdir())) == 1:
                return
        except FileNotFoundError:
            return
        threading.Event().wait(0.05)
    pytest.fail("the process lives on")


def test_a_result_comes_back_from_a_process_that_stays_in_the_pinned_environment(tasks, monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONHASHSEED", "77")
    monkeypatch.setenv("OMP_NUM_THREADS", "13")
    seen = tmp_path / "set-ups"
    setup = Setup("pool_tasks:prepare", {"file": str(seen), "table": [1, 2]})
    with WorkerPool(PoolSettings(setup=setup)) as pool:
        outcomes = [run(pool, "tell", names=["PYTHONHASHSEED", "OMP_NUM_THREADS", "TZ"]) for _ in range(3)]
    pinned = pinned_environment()
    assert [outcome.status for outcome in outcomes] == ["completed"] * 3
    assert {outcome.result["process"] for outcome in outcomes} == {int(seen.read_text())}, "one set-up, one process"
    assert outcomes[2].result["state"]["table"] == [1, 2]
    assert outcomes[2].result["environment"] == {
        name: pinned[name] for name in ("PYTHONHASHSEED", "OMP_NUM_THREADS", "TZ")
    }
    assert outcomes[0].result["stdin"] == ""
    assert outcomes[0].peak_memory_mb > 1
    assert 0 < outcomes[0].duration_s < PATIENCE_S


def test_tasks_run_side_by_side(tasks):
    with WorkerPool(PoolSettings(n_workers=2)) as pool:
        hanging = pool.submit(Task("pool_tasks:hang"))
        assert run(pool, "add", a=1, b=2).result == 3
    assert hanging.result().status == "cancelled"
    assert pool.n_workers == 2


def test_what_a_task_reports_arrives_in_order_before_its_result(pool):
    seen = []
    outcome = pool.submit(Task("pool_tasks:count", {"n": 200}), seen.append).result()
    assert outcome.result == "done"
    assert seen == [{"number": number} for number in range(200)]


def test_what_is_logged_there_is_logged_here_and_prints_disturb_nobody(pool, caplog):
    with caplog.at_level(logging.INFO):
        assert run(pool, "talk").status == "completed"
    assert caplog.record_tuples[-1] == ("regression_model.tasks", logging.WARNING, "a warning")


def test_an_error_is_an_outcome_and_the_process_goes_on(pool):
    before = run(pool, "tell", names=[]).result["process"]
    outcome = run(pool, "fail")
    assert outcome.status == "failed"
    assert outcome.reason == "TrainingError: two lines"
    assert isinstance(outcome.error, TrainingError)
    assert "pool_tasks.py" in outcome.error.__notes__[0]
    assert run(pool, "answer_no_json").reason.startswith("TypeError: ")
    assert run(pool, "there_is_none").reason.startswith("AttributeError: ")
    assert run(pool, "tell", names=[]).result["process"] == before


@pytest.mark.parametrize(
    ("name", "payload", "reason"),
    [
        ("crash", {"signal": "SIGSEGV"}, "killed by SIGSEGV, a crash of a library"),
        ("crash", {"signal": "SIGKILL"}, "killed by SIGKILL, which is what the system does when memory runs out"),
        ("leave", {}, "ended by itself with exit code 3"),
    ],
)
def test_a_crash_is_an_outcome_and_a_fresh_process_takes_over(pool, name, payload, reason):
    outcome = run(pool, name, **payload)
    assert outcome.status == "crashed"
    assert reason in outcome.reason
    assert run(pool, "add", a=1, b=2).result == 3


@pytest.mark.parametrize("with_lock", [False, True])
def test_a_task_that_takes_too_long_is_ended(pool, with_lock):
    seen = []
    task = Task("pool_tasks:hang", {"with_lock": with_lock}, time_limit_s=0.5)
    outcome = pool.submit(task, seen.append).result()
    assert (outcome.status, outcome.reason) == ("timed_out", "it took more than 0.5 s")
    wait_until_gone(seen[0])
    assert run(pool, "add", a=1, b=2).result == 3


def test_a_deadline_cancels_what_runs_and_what_has_not_begun(pool):
    deadline_s = time.monotonic() + 2.0
    running = pool.submit(Task("pool_tasks:hang", deadline_s=deadline_s))
    waiting = pool.submit(Task("pool_tasks:add", {"a": 1, "b": 1}, deadline_s=deadline_s))
    assert running.result().status == "cancelled"
    assert running.result().duration_s > 0
    assert (waiting.result().status, waiting.result().duration_s) == ("cancelled", 0.0)


def test_cancelling_ends_what_runs_and_what_waits_and_the_pool_goes_on(pool):
    started = threading.Event()
    running = pool.submit(Task("pool_tasks:hang"), lambda _process: started.set())
    waiting = pool.submit(Task("pool_tasks:add", {"a": 1, "b": 1}))
    assert started.wait(PATIENCE_S)
    pool.cancel()
    assert [future.result().status for future in (running, waiting)] == ["cancelled"] * 2
    assert running.result().reason == "it is no longer wanted"
    assert run(pool, "add", a=1, b=2).result == 3


def test_one_task_can_be_cancelled_alone(tasks):
    with WorkerPool(PoolSettings(n_workers=2)) as pool:
        started = threading.Event(), threading.Event()
        first, second = (
            pool.submit(Task("pool_tasks:hang"), lambda _process, event=event: event.set()) for event in started
        )
        assert all(event.wait(PATIENCE_S) for event in started)
        waiting = pool.submit(Task("pool_tasks:add", {"a": 1, "b": 1}))
        pool.cancel(first)
        assert first.result().reason == "it is no longer wanted"
        assert waiting.result().result == 2
        assert not second.done()
        pool.cancel(first)  # it has ended already


def test_a_task_that_takes_too_much_memory_is_ended(tasks):
    with WorkerPool(PoolSettings(memory_mb=300)) as pool:
        slowly = run(pool, "take_memory", step_bytes=10_000_000)
        at_once = run(pool, "ask_for_much")
        assert run(pool, "add", a=1, b=2).result == 3
    assert (slowly.status, slowly.reason) == ("out_of_memory", "it took more than 300 MB of memory")
    assert slowly.peak_memory_mb > 300
    assert (at_once.status, at_once.reason) == ("out_of_memory", "memory ran out: MemoryError")


def test_a_callback_that_fails_is_logged_and_no_failure_of_its_task(pool, caplog):
    def refuse(_value: object) -> None:
        raise KeyError("x")

    outcome = pool.submit(Task("pool_tasks:count", {"n": 3}), refuse).result()
    assert (outcome.status, outcome.result) == ("completed", "done")
    assert caplog.messages == ["what a task reported could not be shown"] * 3


def test_a_callback_whose_reader_is_gone_leaves_the_pool_alive(pool):
    def show(_value: object) -> None:
        raise SystemExit(1)  # rich's answer to a broken pipe

    outcome = pool.submit(Task("pool_tasks:count", {"n": 3}), show).result(60)
    assert (outcome.status, outcome.result) == ("completed", "done")


def test_a_set_up_that_fails_is_raised_as_what_it_was(tasks):
    with WorkerPool(PoolSettings(setup=Setup("pool_tasks:prepare", {"error": "no such column"}))) as pool:
        for _ in range(2):
            with pytest.raises(DataError, match="no such column"):
                pool.submit(Task("pool_tasks:add")).result()


def test_a_set_up_that_dies_is_tried_again_and_then_given_up(tasks, tmp_path):
    seen = tmp_path / "set-ups"
    setup = Setup("pool_tasks:prepare", {"die": True, "file": str(seen)})
    with (
        WorkerPool(PoolSettings(setup=setup)) as pool,
        pytest.raises(WorkerError, match="no process gets ready for trials: .* killed by SIGKILL"),
    ):
        pool.submit(Task("pool_tasks:add")).result()
    assert len(seen.read_text().splitlines()) == 3


def test_closing_ends_what_runs_cancels_what_waits_and_may_be_done_twice(tasks):
    pool = WorkerPool()
    started, seen = threading.Event(), []

    def see(process_id: int) -> None:
        seen.append(process_id)
        started.set()

    running = pool.submit(Task("pool_tasks:hang"), see)
    waiting = pool.submit(Task("pool_tasks:add", {"a": 1, "b": 1}))
    assert started.wait(PATIENCE_S)
    pool.close()
    pool.close()
    assert (running.result().status, running.result().reason) == ("cancelled", "the pool was closed")
    assert waiting.result().status == "cancelled"
    wait_until_gone(seen[0])
    with pytest.raises(ValueError, match="closed"):
        pool.submit(Task("pool_tasks:add"))


def test_a_pool_without_workers_is_refused():
    with pytest.raises(ValueError, match="n_workers >= 1, found 0"):
        WorkerPool(PoolSettings(n_workers=0))


PARENT = """
import signal
import sys
from regression_model.execution import Task, WorkerPool

signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a shell has it ignored, in the background
sys.path.insert(0, sys.argv[1])
with WorkerPool() as pool:
    pool.submit(Task("pool_tasks:hang", {"with_lock": True}), lambda number: print(number, flush=True)).result()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_process_ends_with_its_parent_even_while_it_holds_pythons_lock(tasks, tmp_path, number):
    command = [sys.executable, "-c", PARENT, str(tmp_path / "modules")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = json.loads(parent.stdout.readline())
        os.kill(parent.pid, number)
        _, complaint = parent.communicate(timeout=PATIENCE_S)
    assert parent.returncode == -number
    wait_until_gone(child)
    if number == signal.SIGINT:
        assert complaint.rstrip().endswith(b"KeyboardInterrupt")


def test_a_process_that_is_killed_while_idle_costs_the_next_task_nothing(pool):
    first = run(pool, "tell", names=[]).result["process"]
    os.kill(first, signal.SIGKILL)
    wait_until_gone(first)
    outcome = run(pool, "tell", names=[])
    assert outcome.status == "completed"
    assert outcome.result["process"] != first


def test_a_process_that_is_killed_before_it_begins_costs_its_task_nothing(pool):
    """Stopped, it does not see the task; killed then, it has not begun it."""
    first = run(pool, "tell", names=[]).result["process"]
    os.kill(first, signal.SIGSTOP)
    future = pool.submit(Task("pool_tasks:tell", {"names": []}))
    while pool._jobs.qsize():  # until the thread has taken it
        threading.Event().wait(0.01)
    threading.Event().wait(0.1)
    os.kill(first, signal.SIGKILL)
    outcome = future.result(PATIENCE_S)
    assert outcome.status == "completed"
    assert outcome.result["process"] != first
