"""One child process, as its parent sees it: started, spoken to, listened to with a time limit, and killed."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from regression_model.errors import WorkerError
from regression_model.train_pipeline.isolation.environment import build_environment
from regression_model.train_pipeline.isolation.messages import decode, encode, handle_record

# The child finds modules where this process finds them, whatever this process did to its path.
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); from regression_model.execution.worker import main; "
    "main()"
)
_TICK_S = 0.05
"""How often memory and limits are looked at."""

_CHUNK_BYTES = 1 << 18
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class EndedError(Exception):
    """The child is gone; the message says how."""


class StoppedError(Exception):
    """Listening was given up, because what looks at limits said so: its word is the argument."""


class WorkerProcess:
    """A child process that does tasks.

    Parameters
    ----------
    environment : mapping of str to str
        Pinned variables; see `pinned_environment`.

    Raises
    ------
    WorkerError
        If it can't be started.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        theirs, self._lifeline = os.pipe()
        path = json.dumps([entry for entry in sys.path if isinstance(entry, str)])
        try:
            self._child = subprocess.Popen(  # noqa: S603 - the command is ours
                [sys.executable, "-P", "-c", _START, str(theirs), path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Without a stderr here, its number may be that of any file.
                stderr=subprocess.DEVNULL if sys.__stderr__ is None else None,
                env=build_environment(environment),
                pass_fds=(theirs,),
                # Ctrl-C in a terminal is for the parent; and what the child starts is killed with it.
                start_new_session=True,
            )
        except OSError as error:
            os.close(self._lifeline)
            raise WorkerError(f"a process for trials could not be started: {error}") from error
        finally:
            os.close(theirs)
        self.peak_memory_mb = 0.0
        self.is_ready = False
        self._statistics = Path(f"/proc/{self._child.pid}/statm")
        self._received = bytearray()
        self._poll = select.poll()
        assert self._child.stdout is not None
        self._poll.register(self._child.stdout, select.POLLIN)

    @property
    def process_id(self) -> int:
        """Number of the process."""
        return self._child.pid

    def has_ended(self) -> bool:
        """Say whether it has ended, by itself or by somebody's doing."""
        return self._child.poll() is not None

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one message; to a child that is gone already, nothing: listening will say so."""
        assert self._child.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._child.stdin.write(encode(message))
            self._child.stdin.flush()

    def listen(self, look: Callable[[], str | None]) -> dict[str, Any]:
        """Wait for the next message that is no log record.

        Parameters
        ----------
        look : callable
            Called every 0.05 s while nothing comes, and after each message. When it returns anything but None,
            listening is given up.

        Raises
        ------
        EndedError
            If the child ends.
        StoppedError
            With what `look` has returned.
        """
        while True:
            if (verdict := look()) is not None:
                raise StoppedError(verdict)
            if (message := self._take_message()) is not None:
                return message
            if self._poll.poll(_TICK_S * 1000):
                self._receive()

    def measure_memory_mb(self) -> float:
        """Return the resident memory in MB (10^6 bytes), 0 where the system does not tell; remember the peak."""
        try:
            pages = int(self._statistics.read_text(encoding="ascii").split()[1])
        except (OSError, IndexError, ValueError):  # no such system, or the process is just ending
            return 0.0
        found = pages * _PAGE_BYTES / 1e6
        self.peak_memory_mb = max(self.peak_memory_mb, found)
        return found

    def end(self) -> None:
        """Kill the child and what it has started."""
        if self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.kill()
            self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def _take_message(self) -> dict[str, Any] | None:
        while (end := self._received.find(b"\n")) >= 0:
            line = bytes(self._received[:end])
            del self._received[: end + 1]
            message = decode(line)
            if message is None:
                _pass_on_print(line)
            elif "log" in message:
                handle_record(message["log"])
            else:
                return message
        return None

    def _receive(self) -> None:
        assert self._child.stdout is not None
        part = os.read(self._child.stdout.fileno(), _CHUNK_BYTES)
        if not part:
            raise EndedError(self._describe_end())
        self._received += part

    def _describe_end(self) -> str:
        try:
            code = self._child.wait(5.0)
        except subprocess.TimeoutExpired:
            return "its process tells nothing any more"
        if code >= 0:
            return f"its process ended by itself with exit code {code}"
        name = next((known.name for known in signal.Signals if known == -code), f"signal {-code}")
        why = "which is what the system does when memory runs out" if name == "SIGKILL" else "a crash of a library"
        return f"its process was killed by {name}, {why}"


def _pass_on_print(line: bytes) -> None:
    """Show what Python's start-up files have printed in the child, before it could see to that itself."""
    if sys.stderr is not None and line.strip():
        sys.stderr.write(line.decode(errors="backslashreplace") + "\n")


def list_levels() -> dict[str, int]:
    """Return the log levels of the root and of this package, so that a child sends no more than is wanted."""
    return {name: logging.getLogger(name or None).getEffectiveLevel() for name in ("", "regression_model")}


def now_s() -> float:
    """Return the time by which limits are kept: it never jumps."""
    return time.monotonic()
