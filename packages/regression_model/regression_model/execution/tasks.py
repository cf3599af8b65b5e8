"""What is asked of a worker, and how it ended: plain data."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Progress = Callable[[Any], None]
"""Called with what a running task reports: any JSON. Not in the thread that has submitted the task."""

logger = logging.getLogger(__name__)

OutcomeStatus = Literal["completed", "failed", "timed_out", "out_of_memory", "crashed", "cancelled"]


@dataclass(frozen=True)
class Setup:
    """What each process does once before its first task.

    Attributes
    ----------
    function : str
        ``module:function``; called with the payload. What it returns is ``context.state`` of each task.
    payload : mapping
        JSON.
    """

    function: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """One call of a function.

    Attributes
    ----------
    function : str
        ``module:function``; called with the payload and a `TaskContext`, returns JSON.
    payload : mapping
        JSON.
    time_limit_s : float, optional
        Seconds after which the task is ended: ``timed_out``.
    deadline_s : float, optional
        Time of `time.monotonic` at which it is ended, or no longer begun: ``cancelled``.
    """

    function: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    time_limit_s: float | None = None
    deadline_s: float | None = None


@dataclass(frozen=True)
class Outcome:
    """How a task ended.

    Attributes
    ----------
    status : str
        ``completed``: it has a result. ``failed``: it raised an error. ``timed_out``, ``out_of_memory``: it went
        beyond a limit. ``crashed``: its process ended by itself, or was killed by somebody else. ``cancelled``: it
        is no longer wanted.
    result : object
        JSON; None unless completed.
    reason : str
        One line for people; empty if completed.
    error : Exception, optional
        What was raised, if that is what happened; the traceback over there is a note of it.
    duration_s : float
        From its begin to its end; 0 for one that never began.
    peak_memory_mb : float
        Largest resident memory of its process that was seen, in MB (10^6 bytes): libraries and earlier tasks are
        part of it. 0 where the system does not tell.
    """

    status: OutcomeStatus
    result: Any = None
    reason: str = ""
    error: Exception | None = None
    duration_s: float = 0.0
    peak_memory_mb: float = 0.0


def guard_progress(on_progress: Progress | None) -> Progress:
    """Return a function that hands on what a task reports; what it is handed to may be absent, and may fail.

    A failure is logged: whoever watches has no say in how a task ends.
    """

    def report(value: object) -> None:
        if on_progress is not None:
            try:
                on_progress(value)
            except SystemExit:
                # What rich raises where nobody reads any more what is shown; here it would end the pool's thread.
                pass
            except Exception:
                with contextlib.suppress(SystemExit):
                    logger.exception("what a task reported could not be shown")

    return report
