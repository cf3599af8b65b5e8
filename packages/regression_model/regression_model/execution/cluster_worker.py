"""What runs in a worker of a Dask cluster: it hands each task to a process that can be killed, and keeps it ready."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from concurrent.futures import wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regression_model.errors import WorkerError
from regression_model.execution.pool import PoolSettings, WorkerPool
from regression_model.execution.tasks import Outcome, Setup, Task
from regression_model.train_pipeline.isolation.messages import encode_error

if TYPE_CHECKING:
    import distributed
    from dask.typing import Key

_TICK_S = 0.1
_IDLE_S = 120.0
"""How long a process is kept ready without a task. What it loaded is then loaded again; whoever submitted its tasks
may be gone without a word."""

_GOING = ("closing", "closed", "failed")


@dataclass(frozen=True)
class _Idle:
    setup: str
    pool: WorkerPool
    since_s: float


_IDLE: list[_Idle] = []
_LOCK = threading.Lock()


def work(request: Mapping[str, Any]) -> dict[str, Any]:
    """Do one task by a process of its own.

    Called by Dask. The process is killed when the task is no longer wanted: because it was cancelled, because whoever
    wanted it is gone, or because this worker is about to end.

    Parameters
    ----------
    request : mapping
        ``version`` of this package, ``function``, ``payload`` and ``time_limit_s`` of the `Task`, ``setup`` and
        ``memory_mb`` of the `PoolSettings`.

    Returns
    -------
    dict
        The fields of the `Outcome`, as JSON; or ``raised``, an error that concerns all tasks.
    """
    from distributed import get_worker

    worker = get_worker()
    try:
        outcome = _do(request, worker)
    except Exception as error:  # noqa: BLE001 - raised where the outcome is waited for
        if len(error.args) == 1:
            error.args = (f"on the Dask worker {worker.address}: {error}",)
        return {"raised": encode_error(error)}
    return {
        "status": outcome.status,
        "result": outcome.result,
        "reason": outcome.reason,
        "error": None if outcome.error is None else encode_error(outcome.error),
        "duration_s": outcome.duration_s,
        "peak_memory_mb": outcome.peak_memory_mb,
    }


def _do(request: Mapping[str, Any], worker: distributed.Worker) -> Outcome:
    _check_version(request["version"])
    setup, pool = _take_pool(request)
    keep = False
    try:
        future = pool.submit(Task(request["function"], request["payload"], time_limit_s=request["time_limit_s"]))
        key = worker.get_current_task()
        while not wait([future], timeout=_TICK_S).done:
            if not _is_wanted(worker, key):
                pool.cancel()
        outcome = future.result()
        keep = True
    finally:
        if keep:
            _keep(setup, pool)
        else:
            pool.close()
    return outcome


def _check_version(wanted: str) -> None:
    import regression_model

    if regression_model.__version__ != wanted:
        raise WorkerError(
            f"regression-model {regression_model.__version__} is installed there, and {wanted} here: results would not "
            f"be the same; install {wanted} there, and start the worker again"
        )


def _is_wanted(worker: distributed.Worker, key: Key) -> bool:
    """Tell whether anybody still waits for a task: Dask itself does not end what has begun."""
    known = worker.state.tasks.get(key)
    return known is not None and known.state != "cancelled" and worker.status.name not in _GOING


def _take_pool(request: Mapping[str, Any]) -> tuple[str, WorkerPool]:
    """Return a process that is set up for this request, as a pool of one; it is nobody else's meanwhile."""
    setup, memory_mb = request["setup"], request["memory_mb"]
    wanted = repr((setup, memory_mb))
    with _LOCK:
        fit = next((each for each in _IDLE if each.setup == wanted), None)
        # Those that are set up otherwise would only take memory from the tasks at hand.
        others = [] if fit is not None else list(_IDLE)
        for each in (*others, *([fit] if fit is not None else [])):
            _IDLE.remove(each)
    for each in others:
        each.pool.close()
    if fit is not None:
        return wanted, fit.pool
    made = None if setup is None else Setup(setup["function"], setup["payload"])
    return wanted, WorkerPool(PoolSettings(1, made, memory_mb))


def _keep(setup: str, pool: WorkerPool) -> None:
    """Keep a process ready for the next task, for a while."""
    with _LOCK:
        _IDLE.append(_Idle(setup, pool, time.monotonic()))
    timer = threading.Timer(_IDLE_S + _TICK_S, _end_idle)
    timer.daemon = True
    timer.start()


def _end_idle() -> None:
    with _LOCK:
        ended = [each for each in _IDLE if time.monotonic() - each.since_s > _IDLE_S]
        for each in ended:
            _IDLE.remove(each)
    for each in ended:
        each.pool.close()
