"""Starts the server of the current release, hands its socket over to another release's, and stops it.

Between two releases no connection is lost: on SIGUSR2 the old server executes the launcher of the new release, which
inherits the listening socket; when a worker of it serves, the old one is told to finish what it has begun.
"""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from deployment.errors import DeploymentError
from deployment.processes import (
    PAUSE_S,
    STOP_TIMEOUT_S,
    end,
    find_parent,
    find_process,
    find_release,
    find_start,
    find_state,
    find_successors,
    lives,
    stop_child,
    tell,
)
from deployment.smoke import NO_MODEL
from deployment.target import Target

START_TIMEOUT_S = 60.0
FORK_S = 5.0


def read_settings(release: Path) -> dict[str, str]:
    """Return the settings that the server of a release gets, as its launcher reads them.

    Raises
    ------
    DeploymentError
        If the shell can't read `settings.env`.
    """
    code = "import json, launch; print(json.dumps(launch.read_environment()))"
    command = [sys.executable, "-c", code]
    finished = subprocess.run(command, cwd=release, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        # What the shell says itself repeats a piece of the line, which may be half a secret.
        found = re.search(r"^(?:sh|.*settings\.env): (?:line )?(\d+):", finished.stderr, re.MULTILINE)
        where = f"line {found[1]} is not" if found else "it is not"
        raise DeploymentError(f"settings.env can't be read: {where} in the shell's syntax, or a command in it fails")
    settings: dict[str, str] = json.loads(finished.stdout)
    return settings


def find_url(settings: dict[str, str]) -> str:
    """Return the address under which this machine reaches a server with these settings."""
    host = settings.get("ML_API_HOST", "127.0.0.1")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, and not bound
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{settings.get('ML_API_PORT') or settings.get('PORT') or '8000'}"


def find_server(target: Target) -> int | None:
    """Return the process id of the server that runs; None if there is none.

    If its predecessor was killed, a server is known as the successor for a moment yet.
    """
    return find_process(target, target.pid_file) or find_process(target, target.successor_file)


def find_served(target: Target) -> str | None:
    """Return the name of the release that the server which runs was started from; None without a server."""
    pid = find_server(target)
    release = None if pid is None else find_release(target, pid)
    return None if release is None else release.name


def switch_server(target: Target) -> int:
    """Have the current release served: by handing over if a server runs, otherwise by starting one.

    Raises
    ------
    DeploymentError
        If the release does not come to serve. A server that ran before goes on then, and it alone.
    """
    old = _find_only_server(target)
    for file in target.pid_file.parent.glob("serving.*"):
        file.unlink(missing_ok=True)
    if old is None:
        return _start(target)
    return _hand_over(target, old)


def resume_server(target: Target) -> None:
    """Have the current release served, and touch no server that was started from it."""
    if _find_only_server(target) is None or find_served(target) != target.find_current():
        switch_server(target)


def stop_server(target: Target) -> None:
    """Ask the server, and who was to take over from it, to finish; insist if they do not. Touches no other process."""
    server = find_process(target, target.pid_file)
    _end_successors(target, server)
    # Who was about to take over when the first was killed has done so by now, or never will.
    server = find_server(target)
    if server is not None:
        end(server)


@contextlib.contextmanager
def run_candidate(target: Target, release: Path) -> Iterator[tuple[str, Callable[[list[str]], str | None]]]:
    """Serve a release on a loopback port of its own, for nobody but who deploys it.

    It keeps no predictions and ends with the block. What it prints is in the log of the deployment.

    Yields
    ------
    str
        Its URL.
    callable
        Is told what `deployment.smoke` has found, and returns why it will never be ready, or None if it may be.
    """
    with socket.socket() as listener, target.log_file.open("ab") as log:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        fd = listener.fileno()
        server = subprocess.Popen(
            [*_launch(release), "--candidate", str(fd)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[fd],
            start_new_session=True,
        )
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def find_end(found: list[str]) -> str | None:
        if server.poll() is not None:
            return f"the server ended at once; the end of {target.log_file} says why"
        # A worker loads its model before it answers anything, and does not try again.
        return f"the model can't be loaded; {target.log_file} says why" if found == NO_MODEL else None

    try:
        target.candidate_file.write_text(f"{server.pid} {find_start(server.pid)}\n", encoding="utf-8")
        yield url, find_end
    finally:
        stop_child(server, STOP_TIMEOUT_S)
        target.candidate_file.unlink(missing_ok=True)


def end_candidate(target: Target) -> None:
    """End the candidate of a deployment that was killed while it tried one, if that still runs."""
    with contextlib.suppress(OSError, ValueError):
        pid, start = target.candidate_file.read_text(encoding="utf-8").split()
        if find_start(int(pid)) == start:
            end(int(pid))
    target.candidate_file.unlink(missing_ok=True)


def _start(target: Target) -> int:
    # After a reboot, the number in it is somebody else's, and gunicorn would not start.
    target.pid_file.unlink(missing_ok=True)
    # The shell starts it in the background and ends, so that it is nobody's child and outlives who deploys.
    in_background = ["sh", "-c", 'log=$1; shift; "$@" >>"$log" & echo $!', "sh", str(target.log_file)]
    with target.log_file.open("ab") as log:
        started = subprocess.run(
            [*in_background, *_launch(target.current_link)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
            check=True,
        )
    pid = int(started.stdout)
    try:
        _wait_until_serving(target, pid)
    except BaseException:
        end(pid)
        raise
    return pid


def _hand_over(target: Target, old: int) -> int:
    try:
        tell(old, signal.SIGUSR2)
        new = _await_successor(target, old)
        _wait_until_serving(target, new)
        if find_release(target, new) != target.current_link.resolve():
            raise DeploymentError(f"the server that was to take over does not run from {target.current_link.resolve()}")
    except BaseException:
        # It may be on its way yet: gunicorn says who it is when its code is imported, and a child of `old` before.
        _end_successors(target, old)
        raise
    end(old)
    # The new server takes over the name of the file as soon as it finds that it is alone.
    _wait(lambda: find_process(target, target.pid_file) == new, lambda: lives(new), START_TIMEOUT_S, target)
    return new


def _await_successor(target: Target, old: int) -> int:
    """Wait until the server that was told to hand over has a successor, which says who it is."""

    def find() -> int | None:
        new = find_process(target, target.successor_file)
        return new if new is not None and find_parent(new) == old else None

    started_s = time.monotonic()

    def is_alive() -> bool:
        # A launcher that fails is gone as quickly as it came; some time has to pass before its absence means that.
        return lives(old) and (time.monotonic() - started_s < FORK_S or bool(find_successors(target, old)))

    _wait(find, is_alive, START_TIMEOUT_S, target)
    new = find()
    if new is None:
        raise DeploymentError(f"the server ended at once; the end of {target.log_file} says why")
    return new


def _find_only_server(target: Target) -> int | None:
    """Return the server, after ending who was to take over from it when a deployment was killed.

    gunicorn starts no successor while it has one; and two releases must not serve at once for longer than a moment.
    """
    server = find_process(target, target.pid_file)
    if server is not None:
        _end_successors(target, server)
        return server
    promoted = find_process(target, target.successor_file)
    if promoted is not None:
        # Its predecessor is gone: it becomes the server as soon as it notices, and does not hand over before.
        _wait(
            lambda: find_process(target, target.pid_file) == promoted, lambda: lives(promoted), START_TIMEOUT_S, target
        )
    return promoted


def _end_successors(target: Target, server: int | None) -> None:
    for pid in find_successors(target, server):
        end(pid)
        # Until it has noticed that, the server believes that it has a successor, and starts no other.
        deadline_s = time.monotonic() + FORK_S
        while find_state(pid) is not None and time.monotonic() < deadline_s:
            time.sleep(PAUSE_S)
    if server is not None and find_process(target, target.successor_file) is None:
        target.successor_file.unlink(missing_ok=True)


def _launch(release: Path) -> list[str]:
    return [str(release / "venv" / "bin" / "python"), "-I", str(release / "launch.py")]


def _wait_until_serving(target: Target, pid: int) -> None:
    _wait(target.serving_file(pid).exists, lambda: lives(pid), START_TIMEOUT_S, target)


def _wait(done: Callable[[], Any], alive: Callable[[], bool], timeout_s: float, target: Target) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not done():
        if not alive():
            raise DeploymentError(f"the server ended at once; the end of {target.log_file} says why")
        if time.monotonic() > deadline_s:
            raise DeploymentError(f"the server did not serve within {timeout_s:g} s; {target.log_file} may say why")
        time.sleep(PAUSE_S)
