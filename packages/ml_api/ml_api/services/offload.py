"""Keeps long computations from holding up everybody else in a worker.

A gevent worker answers all of its clients in one thread, where a computation lets nobody else in until it is
done. Here it goes to a native thread instead, and only the request that asked for it waits: the interpreter
changes threads every few milliseconds, so that ``/health`` and the predictions of single rows go on.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from gevent.threadpool import ThreadPool

P = ParamSpec("P")
T = TypeVar("T")

# A second one, so that a computation of a second does not have to wait for one of twenty. More would not compute
# faster, as they share the interpreter, and each takes its turn from the thread that answers.
MAX_THREADS = 2
TURN_S = 0.01
"""How long a loop may keep all others waiting."""


def run_in_threadpool(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a thread of its own, and wait for it without holding up other requests.

    Worth it from about 5 ms of work. Without gevent, as in a test or another server, and inside such a thread
    it is a plain call. At most `MAX_THREADS` functions run at a time in a process; further ones wait their turn.

    Parameters
    ----------
    function : callable
        Must not use what belongs to the request (Flask's ``request``, ``g`` and ``current_app``) or to gevent:
        what it needs comes as an argument.
    *args, **kwargs
        Its arguments.

    Returns
    -------
    object
        What the function returns.

    Raises
    ------
    Exception
        What the function raises. If the time of the request runs out meanwhile, its error is raised here at
        once; the function runs on to its end, unheard.

    Examples
    --------
    >>> run_in_threadpool(sorted, [3, 1, 2], reverse=True)
    [3, 2, 1]
    """
    if not is_cooperative():
        return function(*args, **kwargs)
    pool, owner = _find_pool(os.getpid())
    if threading.get_native_id() != owner:  # already in a thread: gevent's pool is used by its owner only
        return function(*args, **kwargs)
    result, error = pool.apply(_attempt, (function, args, kwargs))
    if error is not None:
        try:
            raise error
        finally:
            error = None  # else it would hold the frame that holds it
    return cast(T, result)


def _attempt(
    function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[T | None, BaseException | None]:
    """Return the result or the error: gevent prints errors of a thread, with all that they quote."""
    try:
        return function(*args, **kwargs), None
    except BaseException as error:  # noqa: BLE001 - raised where somebody waits for it
        return None, error


def is_cooperative() -> bool:
    """Say whether threads are greenlets here. It is so in a gevent worker only, which has imported gevent."""
    if "gevent.monkey" not in sys.modules:
        return False
    from gevent import monkey

    return bool(monkey.is_module_patched("threading"))


class Turn:
    """Lets other requests in, now and then, during a loop that might have no reason to wait.

    Examples
    --------
    >>> turn = Turn()
    >>> for block in (b"1", b"2"):
    ...     turn.give_way()
    """

    def __init__(self) -> None:
        self._began_s = time.monotonic()

    def give_way(self) -> None:
        """Let others in if the last time is long enough ago; to be called often."""
        if time.monotonic() - self._began_s < TURN_S:
            return
        if is_cooperative():
            from gevent import sleep

            sleep(TURN_S / 10)  # with 0, gevent only sees to greenlets that wait for no socket
        self._began_s = time.monotonic()


def find_native(module: str, name: str) -> Any:  # noqa: ANN401 - whatever it is called
    """Return what Python itself has under a name, also where gevent has put something else in its place.

    gevent replaces threads by greenlets, which all wait while one of them waits for a disk, and its locks belong
    to one thread only.
    """
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None:
        return monkey.get_original(module, name)
    return getattr(importlib.import_module(module), name)


@cache
def _find_pool(_process: int) -> tuple[ThreadPool, int]:
    """Return the pool of a process, made when first asked for, and the native thread that may use it."""
    from gevent.threadpool import ThreadPool

    return ThreadPool(MAX_THREADS), threading.get_native_id()
