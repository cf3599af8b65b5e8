"""Tasks on a Dask cluster: each of its workers keeps killable processes of its own, with the same environment."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from regression_model.errors import MissingExtraError, WorkerError
from regression_model.execution.backend import Backend
from regression_model.execution.cluster_worker import work
from regression_model.execution.pool import PoolSettings
from regression_model.execution.process import now_s
from regression_model.execution.tasks import Outcome, Progress, Task
from regression_model.train_pipeline.isolation.messages import decode_error

if TYPE_CHECKING:
    import distributed

_CONNECT_S = 30
_CLOSE_S, _GIVE_UP_S = 10, 1
_UNWANTED = Outcome("cancelled", reason="it is no longer wanted")
_LATE = Outcome("cancelled", reason="there was no time left to end it")


@dataclass(eq=False)
class _Running:
    """A task on the cluster: what is asked for, Dask's future of it, and ours."""

    request: dict[str, Any]
    theirs: distributed.Future[Any]
    ours: Future[Outcome] = field(default_factory=Future)
    timer: threading.Timer | None = None


class ClusterBackend(Backend):
    """A `Backend` that runs tasks on a Dask cluster.

    The workers must have this package in the same version, and see the tables under the same paths. A task whose
    worker of the cluster dies is done again by another one; when no worker is left, tasks wait for one to come.
    Reports of tasks are not passed on.

    Parameters
    ----------
    scheduler : str
        Its address, such as ``tcp://10.0.0.5:8786``.
    settings : PoolSettings, optional
        Of the processes; ``n_workers`` is that of the cluster: one for each thread of its workers.

    Raises
    ------
    MissingExtraError
        If Dask is not installed.
    WorkerError
        If the scheduler does not answer, or has no workers. Futures raise it if the scheduler goes away, if a worker
        can't do tasks of this version, or if several workers have died of one task.
    """

    def __init__(self, scheduler: str, settings: PoolSettings | None = None) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise MissingExtraError("a Dask cluster", "dask") from error
        self._scheduler, self._settings = scheduler, settings or PoolSettings()
        self._running: set[_Running] = set()
        self._lock = threading.Lock()
        try:
            self._client = Client(scheduler, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise WorkerError(
                f"no Dask scheduler answers at {scheduler}: {error}; start one ('dask scheduler'), correct the "
                "address, or do without a cluster"
            ) from error
        self._n_workers = int(sum(self._client.nthreads().values()))
        if not self._n_workers:
            self._client.close(_CLOSE_S)
            raise WorkerError(f"the Dask scheduler {scheduler} has no workers; start some: dask worker {scheduler}")

    @property
    def n_workers(self) -> int:
        """How many tasks run at the same time."""
        return self._n_workers

    def submit(self, task: Task, on_progress: Progress | None = None) -> Future[Outcome]:
        """Have a task done; see `Backend.submit`."""
        del on_progress
        request = self._describe(task)
        try:
            running = _Running(request, self._client.submit(work, request, pure=False))
        except Exception as error:  # noqa: BLE001 - raised where the outcome is waited for
            refused: Future[Outcome] = Future()
            refused.set_exception(self._describe_loss(error))
            return refused
        with self._lock:
            self._running.add(running)
        if task.deadline_s is not None:
            running.timer = threading.Timer(max(0.0, task.deadline_s - now_s()), self._end, (running, _LATE))
            running.timer.daemon = True
            running.timer.start()
        running.theirs.add_done_callback(lambda _: self._take(running))
        return running.ours

    def cancel(self, only: Future[Outcome] | None = None) -> None:
        """End what runs, and what waits; see `Backend.cancel`."""
        with self._lock:
            running = [each for each in self._running if only is None or each.ours is only]
        for each in running:
            self._end(each, _UNWANTED)

    def close(self) -> None:
        """End all that runs, and let go of the cluster; the cluster goes on."""
        self.cancel()
        # A scheduler that is gone can't be told.
        with contextlib.suppress(OSError, TimeoutError):
            self._client.close(_CLOSE_S if self._client.status == "running" else _GIVE_UP_S)

    def _describe(self, task: Task) -> dict[str, Any]:
        """Return what a worker of the cluster has to know."""
        import regression_model

        setup = self._settings.setup
        return {
            "version": regression_model.__version__,
            "function": task.function,
            "payload": dict(task.payload),
            "time_limit_s": task.time_limit_s,
            "setup": None if setup is None else {"function": setup.function, "payload": dict(setup.payload)},
            "memory_mb": self._settings.memory_mb,
        }

    def _end(self, running: _Running, outcome: Outcome | Exception) -> None:
        """Say how a task has ended, if it has not been said yet, and let go of it, so that its worker ends it."""
        with self._lock:
            if running not in self._running:
                return
            self._running.remove(running)
        if running.timer is not None:
            running.timer.cancel()
        running.theirs.release()
        if isinstance(outcome, Outcome):
            running.ours.set_result(outcome)
        else:
            running.ours.set_exception(outcome)

    def _take(self, running: _Running) -> None:
        """Hand on what a task of the cluster has come to."""
        try:
            found: dict[str, Any] = running.theirs.result()
        except (Exception, CancelledError) as error:  # noqa: BLE001 - of the cluster: tasks' own errors are results
            # Nothing to say of a task that was let go of: its outcome is known.
            self._end(running, self._describe_loss(error))
            return
        if "raised" in found:
            self._end(running, decode_error(found["raised"]))
            return
        if found["status"] == "cancelled" and self._submit_again(running):
            return
        raised = found.pop("error")
        self._end(running, Outcome(**found, error=None if raised is None else decode_error(raised)))

    def _submit_again(self, running: _Running) -> bool:
        """Have a task done by another worker, if its own one gave it up because it was about to end."""
        try:
            with self._lock:
                if running not in self._running:
                    return False
                running.theirs = self._client.submit(work, running.request, pure=False)
        except Exception as error:  # noqa: BLE001 - raised where the outcome is waited for
            self._end(running, self._describe_loss(error))
        else:
            running.theirs.add_done_callback(lambda _: self._take(running))
        return True

    def _describe_loss(self, error: BaseException) -> WorkerError:
        """Say what is wrong with the cluster; no task is to blame."""
        from distributed import KilledWorker

        if isinstance(error, KilledWorker):
            return WorkerError(
                "the workers that the Dask scheduler gave a task to died one after the other; look into their logs, "
                "and limit a task's memory (search.trial_memory_mb) if that is what ran out; what was done so far is "
                "kept, and can be resumed"
            )
        if isinstance(error, CancelledError) or self._client.status != "running":
            return WorkerError(
                f"the Dask scheduler {self._scheduler} has gone away, or was restarted; what was done so far is kept, "
                "and can be resumed when it is back, or without it"
            )
        text = " ".join(str(error).split())
        return WorkerError(
            f"the Dask cluster at {self._scheduler} can't do tasks: {type(error).__name__}: {text}; is "
            "regression-model installed in the same version where its workers run?"
        )
