"""Fits the members of an ensemble side by side: as a setting of the fitting, not of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from typing import TypeVar

from threadpoolctl import threadpool_limits

Result = TypeVar("Result")

_THREADS: ContextVar[int] = ContextVar("member_threads", default=1)


@contextmanager
def member_threads(n_threads: int) -> Iterator[None]:
    """Let ensembles that are fitted in this context fit several members at the same time.

    Boosters and forests compute outside of the interpreter's lock, so that threads do for them. Each member has one
    thread, and what it learns is the same to the last bit, whatever runs beside it.

    Parameters
    ----------
    n_threads : int
        Members at the same time, at least 1, which is the default.

    Examples
    --------
    >>> with member_threads(2):
    ...     run_all([lambda: "first", lambda: "second"])
    ['first', 'second']
    """
    if n_threads < 1:
        raise ValueError(f"member_threads: expected a number of at least 1, got {n_threads}")
    token = _THREADS.set(n_threads)
    try:
        yield
    finally:
        _THREADS.reset(token)


def run_all(tasks: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run tasks, in this thread or, where `member_threads` says so, several at the same time.

    Parameters
    ----------
    tasks : sequence of callable

    Returns
    -------
    list
        Their results, in the order of the tasks. The first of them that fails, in this order, is the one whose
        exception is raised. Each sees what its caller has set in context variables; what it runs itself gets one
        thread.
    """
    n_threads = min(_THREADS.get(), len(tasks))
    if n_threads <= 1:
        return [task() for task in tasks]
    with ThreadPoolExecutor(n_threads) as pool:
        # A copy for each, since no context can be entered by two threads at once.
        return list(pool.map(_run_in, [copy_context() for _ in tasks], tasks))


def _run_in(context: Context, task: Callable[[], Result]) -> Result:
    return context.run(_run_limited, task)


def _run_limited(task: Callable[[], Result]) -> Result:
    _THREADS.set(1)
    with threadpool_limits(1):  # a limit of OpenMP holds for the thread that sets it
        return task()
