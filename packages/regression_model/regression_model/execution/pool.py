"""A few child processes that wait for tasks."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from regression_model.errors import WorkerError
from regression_model.execution.backend import Backend
from regression_model.execution.endings import is_end, read_end
from regression_model.execution.process import EndedError, StoppedError, WorkerProcess, list_levels, now_s
from regression_model.execution.tasks import Outcome, Progress, Setup, Task, guard_progress
from regression_model.train_pipeline.isolation.environment import pinned_environment
from regression_model.train_pipeline.isolation.messages import decode_error

_ATTEMPTS = 3
"""How often a process may die in its set-up before all is given up."""

_CLOSING, _UNWANTED = "closing", "unwanted"

_WHY_CANCELLED = {
    _CLOSING: "the pool was closed",
    _UNWANTED: "it is no longer wanted",
    "cancelled": "there was no time left to end it",
}


@dataclass(frozen=True)
class PoolSettings:
    """How the processes are set up and limited.

    Attributes
    ----------
    n_workers : int
        Processes, and so tasks at the same time; at least 1.
    setup : Setup, optional
        What each does once, before its first task.
    memory_mb : int, optional
        Resident memory that a process may take, in MB (10^6 bytes), libraries and set-up included. It is looked at
        every 0.05 s. What it may ask for at all is limited to that and a half, and 512 MB, so that one huge
        allocation fails by itself.
    setup_limit_s : float
        Seconds that starting and setting up may take.
    """

    n_workers: int = 1
    setup: Setup | None = None
    memory_mb: int | None = None
    setup_limit_s: float = 600.0


@dataclass(frozen=True)
class _Job:
    task: Task
    future: Future[Outcome]
    report: Progress
    epoch: int


class WorkerPool(Backend):
    """Persistent child processes with the environment that trainings run in; a `Backend`.

    The processes start when the pool is made. One that is killed, for time, for memory or with a crash, is replaced by
    a fresh one. They end with the pool, and with this process, however it ends.

    Parameters
    ----------
    settings : PoolSettings

    Examples
    --------
    >>> with WorkerPool() as pool:
    ...     outcome = pool.submit(Task("regression_model.execution.echo:echo", {"x": 1})).result()
    >>> outcome.status, outcome.result
    ('completed', {'x': 1})
    """

    def __init__(self, settings: PoolSettings | None = None) -> None:
        self._settings = settings or PoolSettings()
        if self._settings.n_workers < 1:
            raise ValueError(f"expected n_workers >= 1, found {self._settings.n_workers}")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._broken: Exception | None = None
        self._epoch = 0
        self._unwanted: set[Future[Outcome]] = set()
        self._environment = pinned_environment()
        self._threads = [
            threading.Thread(target=self._serve, name=f"worker-{number}", daemon=True)
            for number in range(self._settings.n_workers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def n_workers(self) -> int:
        """How many tasks run at the same time."""
        return self._settings.n_workers

    def submit(self, task: Task, on_progress: Progress | None = None) -> Future[Outcome]:
        """Have a task done; see `Backend.submit`.

        Returns
        -------
        Future of Outcome
            Raises what the set-up function has raised, or `WorkerError` if no process gets through it.

        Raises
        ------
        ValueError
            If the pool is closed.
        """
        if self._closing.is_set():
            raise ValueError("the pool is closed")
        future: Future[Outcome] = Future()
        self._jobs.put(_Job(task, future, guard_progress(on_progress), self._epoch))
        return future

    def cancel(self, only: Future[Outcome] | None = None) -> None:
        """End all that runs, and what waits, and go on with fresh processes; see `Backend.cancel`."""
        if only is None:
            self._epoch += 1
        elif not only.done():
            self._unwanted.add(only)

    def close(self) -> None:
        """Kill all processes; what runs or waits is cancelled. Takes a moment, and may be called twice."""
        self._closing.set()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        while not self._jobs.empty():
            job = self._jobs.get()
            if job is not None and job.future.set_running_or_notify_cancel():
                job.future.set_result(_cancelled("the pool was closed"))

    def _serve(self) -> None:
        """Hand tasks to one process, and to its successors."""
        process = self._prepare(self._epoch)
        try:
            while not self._closing.is_set():
                job = self._jobs.get()
                if job is None or not job.future.set_running_or_notify_cancel():
                    continue
                process = self._do(process, job)
                self._unwanted.discard(job.future)
        finally:
            if process is not None:
                process.end()

    def _do(self, process: WorkerProcess | None, job: _Job) -> WorkerProcess | None:
        """Have one task done, and return the process that can go on.

        A process that was killed before it began the task is replaced: that is no fault of the task.
        """
        outcome: Outcome | None = None
        for _ in range(_ATTEMPTS):
            if process is not None and process.has_ended():
                process.end()
                process = None
            if process is None and self._broken is None:
                process = self._prepare(job.epoch)
            if process is None:
                self._refuse(job)
                return None
            try:
                outcome, alive = self._run(process, job)
            except Exception as error:  # noqa: BLE001 - such as a payload that is no JSON
                outcome, alive = Outcome("failed", reason=f"{type(error).__name__}: {error}", error=error), False
            if not alive:
                process.end()
                process = None
            if outcome is not None:
                break
        job.future.set_result(outcome or Outcome("crashed", reason="its processes died before they began it"))
        return process

    def _refuse(self, job: _Job) -> None:
        if self._broken is not None:
            job.future.set_exception(self._broken)
        else:
            why = _CLOSING if self._closing.is_set() else _UNWANTED
            job.future.set_result(_cancelled(_WHY_CANCELLED[why]))

    def _prepare(self, epoch: int) -> WorkerProcess | None:
        """Start a process and have it set up; None if it is not wanted any more, or nothing helps."""
        reason = ""
        for _ in range(_ATTEMPTS):
            process: WorkerProcess | None = None
            try:
                process = WorkerProcess(self._environment)
                self._set_up(process, epoch)
            except StoppedError as stopped:
                reason = f"it took more than {self._settings.setup_limit_s:g} s"
                if stopped.args[0] == _UNWANTED:
                    break
            except EndedError as ended:
                reason = str(ended)
            except Exception as error:  # noqa: BLE001 - raised where a task's outcome is waited for
                self._broken = error
                reason = ""
                break
            else:
                return process
            finally:
                # Whatever was raised, this process serves nobody.
                if process is not None and not process.is_ready:
                    process.end()
        else:
            self._broken = WorkerError(f"no process gets ready for trials: {reason}")
        return None

    def _set_up(self, process: WorkerProcess, epoch: int) -> None:
        setup, memory_mb = self._settings.setup, self._settings.memory_mb
        process.send(
            {
                "setup": None if setup is None else setup.function,
                "payload": None if setup is None else setup.payload,
                "data_limit_bytes": None if memory_mb is None else int(1.5e6 * memory_mb + 512e6),
                "levels": list_levels(),
            }
        )
        end_s = now_s() + self._settings.setup_limit_s

        def look() -> str | None:
            process.measure_memory_mb()
            unwanted = self._closing.is_set() or epoch < self._epoch
            return _UNWANTED if unwanted else "timed_out" if now_s() > end_s else None

        message = process.listen(look)
        if "setup_error" in message:
            raise decode_error(message["setup_error"])
        process.is_ready = True

    def _run(self, process: WorkerProcess, job: _Job) -> tuple[Outcome | None, bool]:
        """Have one task done, None if the process died before; also say whether the process can go on."""
        task, began_s, begun = job.task, now_s(), False
        if self._is_unwanted(job):
            return _cancelled("it is no longer wanted"), True
        if task.deadline_s is not None and began_s >= task.deadline_s:
            return _cancelled("there was no time left to begin it"), True
        process.peak_memory_mb = 0.0
        process.send({"function": task.function, "payload": dict(task.payload)})
        try:
            while not is_end(message := process.listen(lambda: self._look(process, job, began_s))):
                begun = True
                if "progress" in message:
                    job.report(message["progress"])
            found, alive = read_end(message), "out_of_memory" not in message
        except StoppedError as stopped:
            found, alive = self._describe_stop(stopped.args[0], task), False
        except EndedError as ended:
            if not begun:
                return None, False
            found, alive = {"status": "crashed", "reason": str(ended)}, False
        return Outcome(**found, duration_s=now_s() - began_s, peak_memory_mb=process.peak_memory_mb), alive

    def _look(self, process: WorkerProcess, job: _Job, began_s: float) -> str | None:
        task = job.task
        if self._closing.is_set():
            return _CLOSING
        if self._is_unwanted(job):
            return _UNWANTED
        memory_mb, time_s = process.measure_memory_mb(), now_s()
        if self._settings.memory_mb is not None and memory_mb > self._settings.memory_mb:
            return "out_of_memory"
        if task.time_limit_s is not None and time_s - began_s > task.time_limit_s:
            return "timed_out"
        return "cancelled" if task.deadline_s is not None and time_s > task.deadline_s else None

    def _is_unwanted(self, job: _Job) -> bool:
        return job.epoch < self._epoch or job.future in self._unwanted

    def _describe_stop(self, verdict: str, task: Task) -> dict[str, Any]:
        match verdict:
            case "out_of_memory":
                return {"status": verdict, "reason": f"it took more than {self._settings.memory_mb:,} MB of memory"}
            case "timed_out":
                return {"status": verdict, "reason": f"it took more than {task.time_limit_s:g} s"}
            case _:
                return {"status": "cancelled", "reason": _WHY_CANCELLED[verdict]}


def _cancelled(reason: str) -> Outcome:
    return Outcome("cancelled", reason=reason)
