"""The process that works: takes tasks on stdin, one after the other, and tells of them on stdout.

It ends with its parent, however that ends: a thread sees the end of stdin; and because no thread runs while a library
computes without letting go of Python's lock, the kernel also sends a signal when the parent's end of a second pipe, on
which nothing is ever written, is closed (``O_ASYNC``, see fcntl(2); Linux).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import queue
import resource
import select
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any

from regression_model.execution.context import TaskContext
from regression_model.execution.names import find_function
from regression_model.train_pipeline.isolation.child import Channel, forward_logs, take_stdin
from regression_model.train_pipeline.isolation.messages import encode_error

_ENDED_BY_PARENT = 1
_OOM_SCORE = "800"
"""Of 1,000: if memory runs out, the kernel ends this process rather than the one that waits for it."""


def main() -> None:
    """Do tasks until the parent is gone or wants no more."""
    channel = Channel()
    if sys.platform == "linux":
        _end_with(int(sys.argv[1]))
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(take_stdin(), requests), daemon=True).start()
    beginning = requests.get()
    _limit(beginning["data_limit_bytes"])
    forward_logs(channel, beginning["levels"])
    try:
        state = None if beginning["setup"] is None else find_function(beginning["setup"])(beginning["payload"])
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent raises it
        channel.send(setup_error=encode_error(error))
        return
    channel.send(ready=True)
    context = TaskContext(state, lambda value: channel.send(progress=value))
    while True:
        request = requests.get()
        # Whatever ends this process from here on has to do with the task; before, the task is not to blame.
        channel.send(begun=True)
        channel.send(**_work(request, context))


def _work(request: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Do one task; every error of it is a message."""
    try:
        result = find_function(request["function"])(request["payload"], context)
        json.dumps(result)
    except MemoryError as error:
        return {"out_of_memory": encode_error(error)}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the task's outcome
        return {"error": encode_error(error)}
    return {"result": result}


def _read_requests(handle: int, requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Take requests, line by line; at their end, end this process, whatever it does."""
    with os.fdopen(handle, "rb") as stream:
        for line in stream:
            requests.put(json.loads(line))
    os._exit(_ENDED_BY_PARENT)


def _end_with(lifeline: int) -> None:
    """Have the kernel end this process by SIGIO when the other end of a pipe is closed."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    # It may have been closed before the kernel was told to look.
    watch = select.poll()
    watch.register(lifeline, 0)
    if watch.poll(0):
        os._exit(_ENDED_BY_PARENT)


def _limit(data_limit_bytes: int | None) -> None:
    """Limit the memory that this process may ask for, and write no core file when it crashes."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if data_limit_bytes is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (data_limit_bytes, hard))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123
        file.write(_OOM_SCORE)
