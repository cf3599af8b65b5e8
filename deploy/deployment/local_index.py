"""A package index on loopback: pypiserver, for rehearsals and tests."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from deployment.errors import DeploymentError
from deployment.processes import stop_child
from deployment.smoke import Service

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0
_FALLBACK = "LOCAL_INDEX_FALLBACK_URL"
# The registry's URL may have a password in it, and everybody can read a command line.
_STARTER = f"""
import os, sys
from pypiserver.__main__ import main
registry = os.environ.pop("{_FALLBACK}")
first, *others = sys.argv[1:]
main([first, *(["--fallback-url", registry] if registry else []), *others])
"""


@contextlib.contextmanager
def run_local_index(folder: Path, python: Path, login: tuple[str, str] | None = None) -> Iterator[str]:
    """Serve the files in `folder`/files, and send on who asks for a library that is not there.

    Parameters
    ----------
    folder : Path
        Keeps the files, the log, and the password's digest.
    python : Path
        Of an environment that has pypiserver.
    login : (str, str), optional
        Name and password of who may upload; without, anybody may. Everybody may read.

    Yields
    ------
    str
        The URL, for `PACKAGE_INDEX_URL`.
    """
    (folder / "files").mkdir(parents=True, exist_ok=True)
    port = find_free_port()
    options = ["--interface", "127.0.0.1", "--port", str(port), *_build_login(folder, login)]
    registry = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or ""
    command = [str(python), "-c", _STARTER, "run", *options, str(folder / "files")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=os.environ | {_FALLBACK: registry}, stdout=log, stderr=log)
    try:
        _wait(server, port)
        yield f"http://127.0.0.1:{port}/simple/"
    finally:
        stop_child(server, STOP_TIMEOUT_S)


def find_free_port() -> int:
    """Return a port of loopback that nobody listens on right now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _build_login(folder: Path, login: tuple[str, str] | None) -> list[str]:
    if login is None:
        return ["--passwords", ".", "--authenticate", "."]
    name, password = login
    digest = base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()  # noqa: S324 - a format of htpasswd
    passwords = folder / "htpasswd"
    passwords.write_text(f"{name}:{{SHA}}{digest}\n", encoding="utf-8")
    return ["--passwords", str(passwords), "--authenticate", "update"]


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    deadline_s = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline_s:
        if server.poll() is not None:
            raise DeploymentError(f"pypiserver ended at once, with exit code {server.returncode}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            Service(f"http://127.0.0.1:{port}").ask("/simple/")
            return
        time.sleep(0.1)
    raise DeploymentError(f"pypiserver did not answer within {START_TIMEOUT_S:.0f} s")
