"""The process that trains: takes a job on stdin, and tells of it on stdout.

Stdin stays open as a lifeline: when it ends, the parent is gone or wants no more, and so this process ends too.
Both are moved to other numbers, so that no library reads from the one or prints into the other.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import threading
import time
from collections.abc import Mapping
from types import FrameType
from typing import Any, NoReturn

from regression_model.train_pipeline.isolation.messages import encode, encode_error, encode_record

GRACE_S = 5.0
"""How long a training that is no longer wanted may take to clean up."""

_STDIN, _STDOUT, _STDERR = 0, 1, 2


class Channel:
    """Sends messages to the parent; what libraries print goes to stderr."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handle = os.dup(_STDOUT)
        os.dup2(_STDERR, _STDOUT)
        # Python's start-up files may have printed a line without an end. If nobody listens, the first message says so.
        with contextlib.suppress(BrokenPipeError):
            os.write(self._handle, b"\n")

    def send(self, **message: Any) -> None:  # noqa: ANN401 - whatever JSON can say
        """Send one message.

        Raises
        ------
        SystemExit
            If nobody listens any more.
        """
        data = encode(message)
        try:
            with self._lock:
                while data:
                    data = data[os.write(self._handle, data) :]
        except BrokenPipeError:
            raise SystemExit(1) from None


class _Forwarding(logging.Handler):
    """Hands log records to the parent."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record; one that can't be formatted is complained of on stderr, as other handlers do."""
        try:
            encoded = encode_record(record)
        except Exception:  # noqa: BLE001 - a library's slip in a log call is no reason not to train
            self.handleError(record)
        else:
            self._channel.send(log=encoded)


def main() -> None:
    """Do one job; every error but the end of the parent is a message."""
    channel = Channel()
    signal.signal(signal.SIGTERM, _end)
    lifeline = take_stdin()
    request = json.loads(_read_line(lifeline))
    threading.Thread(target=_watch_parent, args=(lifeline,), daemon=True).start()
    forward_logs(channel, request["levels"])
    try:
        last: dict[str, Any] = {"result": _work(request, channel)}
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent raises it
        last = {"error": encode_error(error)}
    # From here on Python ends by itself, and an exception on the way would be printed.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    channel.send(**last)


def _work(request: dict[str, Any], channel: Channel) -> str:
    from regression_model.train_pipeline.job import TrainingJob
    from regression_model.train_pipeline.training import execute

    def report_download(done_bytes: int, total_bytes: int | None, /) -> None:
        channel.send(download=[done_bytes, total_bytes])

    path = execute(
        TrainingJob.from_json(request["job"]),
        environment=request["environment"],
        report_progress=lambda text: channel.send(stage=text),
        download_progress=report_download,
    ).path
    return str(path)


def take_stdin() -> int:
    """Return another handle of stdin, which itself is empty from now on."""
    lifeline = os.dup(_STDIN)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, _STDIN)
    os.close(nothing)
    return lifeline


def _read_line(lifeline: int) -> bytes:
    """Read the request; not by `sys.stdin`, whose lock would be held by the waiting thread when Python ends."""
    parts = [b""]
    while not parts[-1].endswith(b"\n"):
        part = os.read(lifeline, 65_536)
        if not part:
            raise SystemExit(1)
        parts.append(part)
    return b"".join(parts)


def _watch_parent(lifeline: int) -> None:
    """Wait for the end of the lifeline, then end this process: by an exception, so that it cleans up, or by force."""
    while os.read(lifeline, 1):
        pass
    # To the main thread, so that it wakes from whatever it waits for.
    signal.pthread_kill(_main_thread_id(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os._exit(1)


def _main_thread_id() -> int:
    identity = threading.main_thread().ident
    assert identity is not None
    return identity


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(1)


def forward_logs(channel: Channel, levels: Mapping[str, int]) -> None:
    """Hand log records to the parent, those that it wants."""
    logging.captureWarnings(True)
    for name, level in levels.items():
        logging.getLogger(name or None).setLevel(level)
    logging.getLogger().addHandler(_Forwarding(channel))
