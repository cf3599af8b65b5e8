"""Tasks on a Dask cluster: each of its workers keeps killable processes of its own, with the same environment."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from regression_model.errors import MissingExtraError, WorkerError
from regression_model.execution.pool import PoolSettings, WorkerPool
from regression_model.execution.tasks import Outcome, Progress, Setup, Task
from regression_model.train_pipeline.isolation.messages import decode_error, encode_error

if TYPE_CHECKING:
    import distributed

_CONNECT_S = 30
_POOLS: dict[tuple[str, int], WorkerPool] = {}
"""In a worker of the cluster: its pools, by what they are set up for and by the thread that they serve."""

_UNWANTED = Outcome("cancelled", reason="it is no longer wanted")

_WANTED: dict[str, int] = {}
"""In a worker of the cluster: by client, the first epoch whose tasks are wanted; cancelling begins a new one."""

_LOCK = threading.Lock()


class ClusterBackend:
    """A `Backend` that runs tasks on a Dask cluster.

    The workers must have this package in the same versions, and see the tables under the same paths. A task whose
    worker of the cluster dies is done again by another one. Reports of tasks are not passed on, and deadlines, which
    other machines' clocks don't know, are kept by `cancel` only.

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
        If the scheduler does not answer, or has no workers.
    """

    def __init__(self, scheduler: str, settings: PoolSettings | None = None) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise MissingExtraError("a Dask cluster", "dask") from error
        self._settings = settings or PoolSettings()
        self._running: set[distributed.Future] = set()
        try:
            self._client = Client(scheduler, timeout=_CONNECT_S, set_as_default=False)
        except OSError as error:
            raise WorkerError(f"the Dask scheduler {scheduler} does not answer: {error}") from error
        self._name, self._epoch = self._client.id, 0
        self._n_workers = sum(self._client.nthreads().values())
        if not self._n_workers:
            self._client.close()
            raise WorkerError(f"the Dask scheduler {scheduler} has no workers; start some: dask worker {scheduler}")

    @property
    def n_workers(self) -> int:
        """How many tasks run at the same time."""
        return self._n_workers

    def submit(self, task: Task, on_progress: Progress | None = None) -> Future[Outcome]:
        """Have a task done; see `Backend.submit`."""
        del on_progress
        setup, future = self._settings.setup, Future[Outcome]()
        request = {
            "client": self._name,
            "epoch": self._epoch,
            "function": task.function,
            "payload": dict(task.payload),
            "time_limit_s": task.time_limit_s,
            "setup": None if setup is None else {"function": setup.function, "payload": dict(setup.payload)},
            "memory_mb": self._settings.memory_mb,
        }
        theirs = self._client.submit(work, request, pure=False)
        self._running.add(theirs)
        theirs.add_done_callback(lambda done: self._take(done, future))
        return future

    def cancel(self) -> None:
        """End what runs, and what waits; see `Backend.cancel`."""
        self._epoch += 1
        self._client.cancel(list(self._running))
        self._client.run(end_pools, self._name, self._epoch)

    def close(self) -> None:
        """End all that runs, and let go of the cluster; the cluster goes on."""
        self.cancel()
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _take(self, done: distributed.Future, future: Future[Outcome]) -> None:
        """Hand on what a task of the cluster has come to."""
        self._running.discard(done)
        if done.cancelled():
            future.set_result(_UNWANTED)
            return
        try:
            found: dict[str, Any] = done.result()
        except CancelledError:
            future.set_result(_UNWANTED)
        except Exception as error:  # noqa: BLE001 - of the cluster itself: its workers died again and again
            future.set_result(Outcome("crashed", reason=f"{type(error).__name__}: {' '.join(str(error).split())}"))
        else:
            if "raised" in found:
                future.set_exception(decode_error(found["raised"]))
            else:
                error = found.pop("error")
                future.set_result(Outcome(**found, error=None if error is None else decode_error(error)))


def work(request: Mapping[str, Any]) -> dict[str, Any]:
    """Do one task, in a worker of the cluster, by a process of its own; return its outcome as JSON."""
    task = Task(request["function"], request["payload"], time_limit_s=request["time_limit_s"])
    try:
        pool = _get_pool(request)
        outcome = _UNWANTED if pool is None else pool.submit(task).result()
    except Exception as error:  # noqa: BLE001 - of the set-up; raised where the outcome is waited for
        return {"raised": encode_error(error)}
    return {
        "status": outcome.status,
        "result": outcome.result,
        "reason": outcome.reason,
        "error": None if outcome.error is None else encode_error(outcome.error),
        "duration_s": outcome.duration_s,
        "peak_memory_mb": outcome.peak_memory_mb,
    }


def end_pools(client: str, epoch: int) -> None:
    """End all processes of this worker of the cluster, and do no task of the client's earlier epochs any more."""
    with _LOCK:
        _WANTED[client] = epoch
        pools = list(_POOLS.values())
        _POOLS.clear()
    for pool in pools:
        pool.close()


def _get_pool(request: Mapping[str, Any]) -> WorkerPool | None:
    """Return the pool of this thread, set up for this request; None if that is no longer wanted."""
    setup, thread = request["setup"], threading.get_ident()
    key = repr((setup, request["memory_mb"])), thread
    with _LOCK:
        if request["epoch"] < _WANTED.get(request["client"], 0):
            return None
        stale = [_POOLS.pop(other) for other in list(_POOLS) if other[1] == thread and other != key]
        if key not in _POOLS:
            made = None if setup is None else Setup(setup["function"], setup["payload"])
            _POOLS[key] = WorkerPool(PoolSettings(1, made, request["memory_mb"]))
        found = _POOLS[key]
    for pool in stale:
        pool.close()
    return found
