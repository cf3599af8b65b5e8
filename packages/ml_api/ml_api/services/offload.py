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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from gevent.threadpool import ThreadPool

P = ParamSpec("P")
T = TypeVar("T")

_Attempted = tuple[T | None, BaseException | None]
"""What a function has returned, or raised."""

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
    pools = _find_pools(os.getpid())
    if threading.get_native_id() != pools.owner:  # already in a thread: gevent's pools are used by their owner only
        return function(*args, **kwargs)
    return _take(cast(_Attempted[T], pools.computing.apply(_attempt, (function, args, kwargs))))


def run_in_waiting_thread(function: Callable[[], T], /) -> T:
    """Call a function as `run_in_threadpool` does, in one of `MAX_THREADS` other threads.

    For what waits for another process most of the time: those who compute here do not wait for that.

    Parameters
    ----------
    function : callable
        Not called at all if the time of its request is over before there is a thread for it.

    Returns
    -------
    object
        What the function returns.
    """
    if not is_cooperative():
        return function()
    pools = _find_pools(os.getpid())
    if threading.get_native_id() != pools.owner:
        return function()
    is_wanted = [True]

    def attempt() -> _Attempted[T]:
        return _attempt(function) if is_wanted else (None, None)

    try:
        return _take(cast(_Attempted[T], pools.waiting.apply(attempt)))
    finally:
        is_wanted.clear()


def run_in_loop(function: Callable[[], T], /) -> T:
    """Call a function where gevent's greenlets live, from a thread of `run_in_waiting_thread`, and wait for it.

    For what waits by means that gevent has replaced, such as the pipes of a child process: they belong to the loop of
    the worker. Meanwhile the greenlet of the function waits, and nobody else. Anywhere else it is a plain call.

    Parameters
    ----------
    function : callable
        Should compute nothing: it would hold up everybody.

    Returns
    -------
    object
        What the function returns.

    Raises
    ------
    Exception
        What the function raises.
    """
    if not is_cooperative():
        return function()
    pools = _find_pools(os.getpid())
    if threading.get_native_id() == pools.owner:
        return function()
    import gevent

    found: list[_Attempted[T]] = []
    has_ended = find_native("_thread", "allocate_lock")()
    has_ended.acquire()

    def work() -> None:
        found.append(_attempt(function))
        has_ended.release()

    pools.waiting.hub.loop.run_callback_threadsafe(gevent.spawn, work)
    has_ended.acquire()
    return _take(found.pop())


def _attempt(
    function: Callable[..., T], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] = MappingProxyType({})
) -> _Attempted[T]:
    """Return the result or the error: gevent prints errors of a thread, with all that they quote."""
    try:
        return function(*args, **kwargs), None
    except BaseException as error:  # noqa: BLE001 - raised where somebody waits for it
        return None, error


def _take(attempted: _Attempted[T]) -> T:
    """Return the result, or raise the error."""
    result, error = attempted
    del attempted
    if error is not None:
        try:
            raise error
        finally:
            error = None  # else it would hold the frame that holds it
    return cast(T, result)


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


@dataclass(frozen=True)
class _Pools:
    """The threads of a process, and the native thread that may use them; no thread starts before it is needed."""

    computing: ThreadPool
    waiting: ThreadPool
    owner: int


@cache
def _find_pools(_process: int) -> _Pools:
    """Return the pools of a process, made when first asked for: never by one of their own threads."""
    from gevent.threadpool import ThreadPool

    return _Pools(ThreadPool(MAX_THREADS), ThreadPool(MAX_THREADS), threading.get_native_id())
