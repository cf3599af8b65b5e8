"""A saved model that predicts in a process of its own.

A model without a compiled form predicts by its pickled pipeline, and what is unpickled may do anything. Here that
happens in a child that can be ended, for time and for memory, and never in the process that answers others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regression_model.errors import WorkerError
from regression_model.execution.context import TaskContext
from regression_model.execution.pool import PoolSettings, WorkerPool
from regression_model.execution.tasks import Outcome, Setup, Task

_NAME = __name__

Wait = Callable[[Callable[[], Outcome]], Outcome]
"""Calls a function that submits a task and waits for its end."""


@dataclass(frozen=True)
class ProcessLimits:
    """What the process may take.

    Attributes
    ----------
    time_s : float
        Seconds for one prediction.
    memory_mb : int
        Resident memory, in MB (10^6 bytes), libraries and the model included.
    start_s : float
        Seconds to start and to load the model.
    """

    time_s: float = 60.0
    memory_mb: int = 2_000
    start_s: float = 60.0


def _call(function: Callable[[], Outcome]) -> Outcome:
    return function()


class PredictionProcess:
    """Predicts rows of one model in a child process, one request after the other.

    A child that dies, or is ended for a limit, is replaced by a fresh one. It ends with this process, however that
    ends. The model is loaded in the child as `load_artifact` does, signature and golden rows included.

    Parameters
    ----------
    path : str, Path or None
        See `load_artifact`.
    digest : str
        SHA-256 of the model's manifest: a model that takes its place is not loaded.
    trusted_keys : str or Path, optional
        See `load_artifact`.
    limits : ProcessLimits, optional
    wait : callable, optional
        Called with a function that waits for the child; returns what that returns. By default it is just called. A
        program whose threads are greenlets has it called where these are at home.
    """

    def __init__(
        self,
        path: str | Path | None,
        digest: str,
        *,
        trusted_keys: str | Path | None = None,
        limits: ProcessLimits | None = None,
        wait: Wait = _call,
    ) -> None:
        self._limits = limits or ProcessLimits()
        self._wait = wait
        payload = {
            "path": None if path is None else str(path),
            "digest": digest,
            "trusted_keys": None if trusted_keys is None else str(trusted_keys),
        }
        self._settings = PoolSettings(
            setup=Setup(f"{_NAME}:open_model", payload),
            memory_mb=self._limits.memory_mb,
            setup_limit_s=self._limits.start_s,
        )
        self._pool: WorkerPool | None = None

    def start(self) -> None:
        """Start the child, and wait until the model is loaded there.

        Raises
        ------
        ArtifactError, SigningKeyError, MissingExtraError
            If the model can't be loaded; see `load_artifact`.
        WorkerError
            If the child does not start, or not in time.
        MemoryError
            If the model alone takes more memory than the child may.
        """
        outcome = self._ask(Task(f"{_NAME}:say_ready"), timeout_s=self._limits.start_s)
        if outcome.status != "completed":
            self.close()
            raise self._find_error(outcome)

    def predict(self, rows: Any, *, explain: bool = False) -> dict[str, Any]:  # noqa: ANN401 - one row or several
        """Predict rows, each with an answer of its own.

        Parameters
        ----------
        rows : mapping or sequence of mappings
            As JSON can say them.
        explain : bool

        Returns
        -------
        dict
            As of `regression_model.predict.make_prediction` with ``gather_series=False``.

        Raises
        ------
        InputDataError, ExplanationError
            See `regression_model.predict.make_prediction`.
        TimeoutError
            If it takes longer than it may.
        MemoryError
            If it takes more memory than it may.
        WorkerError
            If the child dies of it.
        """
        # As text: it is written and read here, in the thread of the caller, and what hands it on has nothing to do.
        request = json.dumps({"rows": rows, "explain": explain})
        outcome = self._ask(Task(f"{_NAME}:answer", {"request": request}, time_limit_s=self._limits.time_s))
        if outcome.status != "completed":
            raise self._find_error(outcome)
        answer: dict[str, Any] = json.loads(outcome.result)
        answer["errors"] = dict(answer["errors"])  # pairs, since their numbers can't be keys in JSON
        return answer

    def close(self) -> None:
        """End the child; it starts again when it is next asked for something."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _ask(self, task: Task, *, timeout_s: float | None = None) -> Outcome:
        return self._wait(lambda: self._submit(task, timeout_s))

    def _submit(self, task: Task, timeout_s: float | None) -> Outcome:
        if self._pool is None:
            self._pool = WorkerPool(self._settings)
        pool = self._pool
        future: Future[Outcome] = pool.submit(task)
        try:
            return future.result(timeout_s)
        except TimeoutError:
            self._give_up(pool)
            raise WorkerError(f"the process that predicts did not load the model within {timeout_s:g} s") from None
        except Exception:
            # No child gets ready. That may pass, if memory was short: the next request tries again.
            self._give_up(pool)
            raise

    def _give_up(self, pool: WorkerPool) -> None:
        if self._pool is pool:
            self.close()

    def _find_error(self, outcome: Outcome) -> Exception:
        match outcome.status:
            case "timed_out":
                return TimeoutError(f"the prediction took more than {self._limits.time_s:g} s")
            case "out_of_memory":
                return MemoryError(f"the process that predicts took more than {self._limits.memory_mb:,} MB of memory")
            case "failed" if outcome.error is not None:
                return outcome.error
            case _:
                return WorkerError(f"the prediction was not finished: {outcome.reason}")


def open_model(payload: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an Artifact, whose module this process need not know
    """Load the model; runs in the child, before its first task."""
    from regression_model.artifact import load_artifact

    return load_artifact(payload["path"], trusted_keys=payload["trusted_keys"], digest=payload["digest"])


def say_ready(_payload: Mapping[str, Any], _context: TaskContext) -> bool:
    """Say that the model is loaded; runs in the child."""
    return True


def answer(payload: Mapping[str, Any], context: TaskContext) -> str:
    """Predict the rows of a request, both as JSON; runs in the child."""
    from regression_model.predict import make_prediction

    request = json.loads(payload["request"])
    found = make_prediction(
        input_data=request["rows"], artifact=context.state, explain=request["explain"], gather_series=False
    )
    return json.dumps({**found, "errors": list(found["errors"].items())})
