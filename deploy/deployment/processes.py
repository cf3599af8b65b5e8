"""Finds the processes of a deployment in /proc, and ends them. A bare process id is never believed.

After a crash, a number that was written down may be somebody else's. A server is known by its command line, the
successor of a server by its parent and what it inherited, and a candidate by the instant at which it was started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from deployment.target import Target

STOP_TIMEOUT_S = 60.0
PAUSE_S = 0.1


def stop_child(child: subprocess.Popen[bytes], timeout_s: float) -> None:
    """End a process that this one has started, by force if it takes longer than it may."""
    child.terminate()
    try:
        child.wait(timeout_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def find_process(target: Target, pid_file: Path) -> int | None:
    """Return the process that a file names if it is a server of this folder; None if it is not, or has ended."""
    try:
        pid = int(pid_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return pid if find_release(target, pid) is not None else None


def find_release(target: Target, pid: int) -> Path | None:
    """Return the folder of the release that a server of this folder was started from; None if it is no such server."""
    words = [os.fsdecode(word) for word in _read(pid, "cmdline").split(b"\0")]
    if not {"gunicorn", "--config", str(target.pid_file)} <= set(words):
        return None
    return Path(words[words.index("--config") + 1]).parent


def find_successors(target: Target, server: int | None) -> list[int]:
    """Return who was started to take over, and has not: the one in the file, and children on their way to it.

    A worker is a child of its server as well, but what it was started with does not say that it succeeds that server.
    """
    named = find_process(target, target.successor_file)
    found = [] if named is None or named == server else [named]
    if server is not None:
        mark = f"GUNICORN_PID={server}".encode()
        pids = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal())
        children = (pid for pid in pids if find_parent(pid) == server)
        found += [pid for pid in children if pid not in found and mark in _read(pid, "environ").split(b"\0")]
    return found


def find_members(group: int) -> list[int]:
    """Return the processes of a group that live."""
    pids = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal())
    return [pid for pid in pids if _read_stat(pid)[2:3] == [str(group)] and lives(pid)]


def find_parent(pid: int) -> int | None:
    """Return the parent of a process; None if that is gone."""
    fields = _read_stat(pid)
    return int(fields[1]) if fields else None


def find_start(pid: int) -> str | None:
    """Return when a process was started, in ticks since the machine was; None if it is gone."""
    fields = _read_stat(pid)
    return fields[19] if fields else None


def find_state(pid: int) -> str | None:
    """Return the letter that says what a process does; None if it is gone."""
    fields = _read_stat(pid)
    return fields[0] if fields else None


def lives(pid: int) -> bool:
    """Say whether a process is there and no zombie, which nobody may have waited for."""
    return find_state(pid) not in (None, "Z", "X")


def end(pid: int) -> None:
    """Ask a process to finish, insist if it does not, and wait until it has ended."""
    deadline_s = time.monotonic() + STOP_TIMEOUT_S
    tell(pid, signal.SIGTERM)
    while lives(pid):
        if time.monotonic() > deadline_s:
            tell(pid, signal.SIGKILL)
        time.sleep(PAUSE_S)


def tell(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process, unless it has just ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _read_stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on; none for what is gone."""
    return _read(pid, "stat").decode("utf-8", "replace").rpartition(")")[2].split()


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
