"""Where tasks run: what a search and a sweep need of it."""

from __future__ import annotations

from concurrent.futures import Future
from types import TracebackType
from typing import Protocol, Self

from regression_model.execution.tasks import Outcome, Progress, Task


class Backend(Protocol):
    """Runs tasks, several at a time.

    A task that dies is an outcome. Only what concerns all tasks, such as a set-up that fails, is raised by the
    future. Which tasks run at the same time, and in which order they end, is nobody's promise.
    """

    @property
    def n_workers(self) -> int:
        """How many tasks run at the same time."""
        ...

    def submit(self, task: Task, on_progress: Progress | None = None) -> Future[Outcome]:
        """Have a task done; of those that wait, the one that was submitted first is begun first.

        Parameters
        ----------
        task : Task
        on_progress : callable, optional
            Called with what the task reports, in another thread than this one; not at all where the backend has no
            way to pass it on. What it raises is logged, and no fault of the task.
        """
        ...

    def cancel(self, only: Future[Outcome] | None = None) -> None:
        """End what runs, and what waits; their outcome is ``cancelled``. What is submitted afterwards is done.

        Parameters
        ----------
        only : Future of Outcome, optional
            What `submit` has returned: end this one alone.
        """
        ...

    def close(self) -> None:
        """End all that still runs, and what waits; their outcome is ``cancelled``."""
        ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()
