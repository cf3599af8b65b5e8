"""Keeps long computations from holding up everybody else in a worker.

A gevent worker answers all of its clients in one thread, where a computation lets nobody else in until it is
done. Here it goes to a native thread instead, and only the request that asked for it waits: the interpreter
changes threads every few milliseconds, so that ``/health`` and the predictions of single rows go on.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

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

    Worth it from about 20 ms of work. Without gevent, as in a test or another server, and inside such a thread
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
    result: T = pool.apply(function, args, kwargs)
    return result


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


def build_native_lock() -> Any:  # noqa: ANN401 - the type of such a lock has no name
    """Make a reentrant lock of the interpreter's own, also where gevent has put its own in their place.

    For short work that never gives way to another greenlet, and that native threads do, too.
    """
    if not is_cooperative():
        return threading.RLock()
    from gevent import monkey

    return monkey.get_original("_thread", "RLock")()


@cache
def _find_pool(_process: int) -> tuple[ThreadPool, int]:
    """Return the pool of a process, made when first asked for, and the native thread that may use it."""
    from gevent.threadpool import ThreadPool

    return ThreadPool(MAX_THREADS), threading.get_native_id()
