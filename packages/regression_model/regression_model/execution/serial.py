"""Tasks in this very process, one after the other: for a debugger, and where processes can't be started."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from regression_model.execution.backend import Backend
from regression_model.execution.context import TaskContext
from regression_model.execution.names import find_function
from regression_model.execution.process import now_s
from regression_model.execution.tasks import Outcome, Progress, Setup, Task, guard_progress


class SerialBackend(Backend):
    """A `Backend` that does each task when it is submitted, in this process.

    No limit of time or memory is kept, a crash is the end of this process, and its environment is not pinned.

    Parameters
    ----------
    setup : Setup, optional
        Done before the first task.

    Examples
    --------
    >>> with SerialBackend() as backend:
    ...     outcome = backend.submit(Task("regression_model.execution.echo:echo", {"x": 1})).result()
    >>> outcome.status, outcome.result
    ('completed', {'x': 1})
    """

    def __init__(self, setup: Setup | None = None) -> None:
        self._setup = setup
        self._state: Any = None

    @property
    def n_workers(self) -> int:
        """How many tasks run at the same time: one."""
        return 1

    def submit(self, task: Task, on_progress: Progress | None = None) -> Future[Outcome]:
        """Do a task; see `Backend.submit`."""
        future: Future[Outcome] = Future()
        try:
            self._set_up()
        except Exception as error:  # noqa: BLE001 - raised where the outcome is waited for
            future.set_exception(error)
        else:
            future.set_result(self._do(task, on_progress))
        return future

    def cancel(self, only: Future[Outcome] | None = None) -> None:
        """Do nothing: whatever was submitted is done."""

    def close(self) -> None:
        """Do nothing: whatever was submitted is done."""

    def _set_up(self) -> None:
        if self._setup is not None:
            self._state = find_function(self._setup.function)(self._setup.payload)
            self._setup = None

    def _do(self, task: Task, on_progress: Progress | None) -> Outcome:
        began_s = now_s()
        if task.deadline_s is not None and began_s >= task.deadline_s:
            return Outcome("cancelled", reason="there was no time left to begin it")
        context = TaskContext(self._state, guard_progress(on_progress))
        try:
            result = find_function(task.function)(task.payload, context)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the task's outcome
            reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
            return Outcome("failed", reason=reason, error=error, duration_s=now_s() - began_s)
        return Outcome("completed", result, duration_s=now_s() - began_s)
