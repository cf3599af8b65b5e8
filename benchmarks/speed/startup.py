"""How long a server takes until it is ready, and how much memory its workers hold."""

from __future__ import annotations

import re
from pathlib import Path

from speed.models import Trained
from speed.report import Figure, Section
from speed.servers import api_environ, create_key, find_free_port, gunicorn_command, run_server, yardstick_environ

N_LAPS = 5


def measure_start(folder: Path, trained: Trained) -> Section:
    """Start the API and the slow path in turn, with two workers each."""
    section = Section(
        "Start and memory",
        "From the start of the process to the first 200 of `/ready`, of the API and of the slow path on the same "
        f"server; proportional memory (PSS) of both workers after a few predictions; {N_LAPS} starts.",
    )
    create_key(folder)
    fast, slow, memory = [], [], []
    for _ in range(N_LAPS):
        seconds, kilobytes = _start(folder, trained, "ml_api.wsgi:app")
        fast.append(seconds)
        memory.append(kilobytes / 1024)
        slow.append(_start(folder, trained, "speed.apps:make_slow()")[0])
    section.figures += [
        Figure("start to ready", fast, "s", 1.0, at_least=False),
        Figure("start to ready, slow path", slow, "s"),
        Figure("API / slow path", [a / b for a, b in zip(fast, slow, strict=True)], "", 0.2, at_least=False),
        Figure("two workers, PSS", memory, "MB", 90.0, at_least=False),
    ]
    return section


def _start(folder: Path, trained: Trained, application: str) -> tuple[float, float]:
    port = find_free_port()
    environ = api_environ(folder, trained.folder, port, ML_API_WORKERS="2") | yardstick_environ(trained.folder)
    with run_server(
        gunicorn_command(application), port=port, environ=environ, folder=folder, ready="/ready", core=None
    ) as server:
        workers = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat") if _parent(path) == server.pid]
        return server.seconds_to_ready, sum(_read_pss(worker) for worker in workers)


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:  # gone meanwhile
        return 0


def _read_pss(pid: int) -> int:
    found = re.search(r"(?m)^Pss: +(\d+) kB$", Path(f"/proc/{pid}/smaps_rollup").read_text())
    return 0 if found is None else int(found[1])
