"""The real server with all that it can do turned on, and what the system tells of its workers (Linux only)."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT_S = 120
PROGRAM = (sys.executable, "-m", "ml_api")


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes
    ----------
    process : subprocess.Popen
        Its first process, which starts the workers.
    port : int
    key : str
        Has all scopes.
    errors : Path
        What gunicorn writes.
    """

    process: subprocess.Popen[bytes]
    port: int
    key: str
    errors: Path

    def find_workers(self) -> list[int]:
        """Return the living children of the first process."""
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                state, parent = _read_state(path)
                if parent == self.process.pid and state != "Z":
                    found.append(int(path.parent.name))
        return sorted(found)

    def wait_until_loaded(self, times: int) -> None:
        """Wait until workers, of which some may have been killed, have loaded the model so many times in all."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            logs = self.errors.parent.glob("api-*.log")
            if sum(path.read_text().count('"model loaded"') for path in logs) >= times:
                return
            time.sleep(0.1)
        raise SystemExit(f"a worker does not start:\n{self.errors.read_text()}")

    def kill_busiest_worker(self) -> frozenset[int]:
        """Kill the worker with the most connections; return the ports at the other ends of these."""
        held = {worker: self._find_clients(worker) for worker in self.find_workers()}
        worker = max(held, key=lambda pid: len(held[pid]))
        # Stopped first, so that it takes no other connection between being looked at and its end.
        os.kill(worker, signal.SIGSTOP)
        while _read_state(Path(f"/proc/{worker}/stat"))[0] != "T":
            time.sleep(0.001)
        clients = self._find_clients(worker)
        os.kill(worker, signal.SIGKILL)
        return clients

    def _find_clients(self, worker: int) -> frozenset[int]:
        sockets = set()
        for link in Path(f"/proc/{worker}/fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                sockets.add(str(link.readlink()))
        lines = [line.split() for line in Path(f"/proc/{worker}/net/tcp").read_text().splitlines()[1:]]
        clients = {
            int(remote.rpartition(":")[2], 16) for _, _, remote, *rest in lines if f"socket:[{rest[6]}]" in sockets
        }
        return frozenset(clients - {0})  # nobody is at the other end of a listening socket


def _read_state(stat: Path) -> tuple[str, int]:
    """Return the state and the parent of a process; its name, which comes first, may hold blanks."""
    state, parent, *_ = stat.read_text().rpartition(")")[2].split()
    return state, int(parent)


MEMORY = ("Pss_Anon+Pss_Shmem", "Private_Dirty")
"""What `read_memory_kb` returns, by the names of the system."""


def read_memory_kb(pid: int) -> tuple[int, int]:
    """Return the process's share of memory that is not of a file, and what it alone has written to, in kB.

    Without the files that are mapped into it, such as libraries: whose these are, depends on who else is running.
    """
    sizes = {
        name: int(size)
        for name, size in re.findall(r"(?m)^(\w+): +(\d+) kB$", Path(f"/proc/{pid}/smaps_rollup").read_text())
    }
    return sizes["Pss_Anon"] + sizes["Pss_Shmem"], sizes["Private_Dirty"]


@contextmanager
def serve(folder: Path, *, artifact: Path | None, workers: int) -> Iterator[Server]:
    """Start `ml-api serve` for production, with keys, limits, metrics, a log file and a prediction log."""
    folder.mkdir()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ML_API_")}
    environ |= {
        "ML_API_PORT": str(port),
        "ML_API_WORKERS": str(workers),
        "ML_API_KEYS_FILE": str(folder / "keys.json"),
        "ML_API_SECRET_KEY": "0123456789abcdef" * 2,  # of a server that lives for minutes, on loopback
        "ML_API_RATE_LIMIT": "100000 per minute",  # counted, and never reached
        "ML_API_MAX_BODY_BYTES": "200000",
        "ML_API_LOG_FILE": str(folder / "api.log"),
        "ML_API_PREDICTION_LOG": str(folder / "predictions"),
    }
    if artifact is not None:
        environ["ML_API_ARTIFACT"] = str(artifact)
    making = [*PROGRAM, "keys", "create", "load", "--scope", "predict", "--scope", "admin"]
    made = subprocess.run(making, env=environ, check=False, capture_output=True, text=True)  # noqa: S603 - our own
    if made.returncode:
        raise SystemExit(made.stderr)
    with (folder / "errors").open("wb") as errors:
        process = subprocess.Popen([*PROGRAM, "serve"], cwd=folder, env=environ, stdout=errors, stderr=errors)  # noqa: S603 - our own
    server = Server(process, port, made.stdout.strip(), folder / "errors")
    try:
        server.wait_until_loaded(workers)
        yield server
    finally:
        process.terminate()
        process.wait(60)
