"""Load from ``wrk`` (https://github.com/wg/wrk), pinned to a core of its own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_LAST_REQUESTS = 2
_PAUSE_S = 0.5
_UNITS_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Target:
    """What is asked.

    Attributes
    ----------
    name : str
    url : str
    body : Path
        A file with the body.
    headers : mapping of str to str
    """

    name: str
    url: str
    body: Path
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Lap:
    """What a target answered in one lap.

    Attributes
    ----------
    requests_per_s : float
    p50_ms, p99_ms : float
    """

    requests_per_s: float
    p50_ms: float
    p99_ms: float


def run_load(target: Target, *, seconds: float, connections: int, core: int, folder: Path) -> Lap:
    """Ask a target for some seconds over some connections.

    Raises
    ------
    SystemExit
        If ``wrk`` is not installed, or an answer was anything but a success.
    """
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("wrk is not installed: 'apt-get install wrk'")
    script = folder / f"{target.name.replace(' ', '_').replace('/', '_')}.lua"
    lines = [
        'wrk.method = "POST"',
        f'wrk.body = io.open({json.dumps(str(target.body))}, "rb"):read("*a")',
        *(f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in target.headers.items()),
    ]
    script.write_text("\n".join(lines) + "\n")
    told = subprocess.run(  # noqa: S603 - found above
        ["taskset", "-c", str(core), program, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency",  # noqa: S607
         "--timeout", "30s", "-s", str(script), target.url],
        check=True, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip
    return _read(told, target.name)


def wait_until_idle(target: Target) -> None:
    """Wait until a server has answered what the load left behind: the next one is on the same core."""
    request = urllib.request.Request(target.url, target.body.read_bytes(), dict(target.headers))  # noqa: S310 - loopback
    for _ in range(_LAST_REQUESTS):
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - as above
            response.read()
    time.sleep(_PAUSE_S)


def _read(told: str, name: str) -> Lap:
    wrong = re.search(r"(?m)^\s*(Non-2xx.*|Socket errors.*)$", told)
    if wrong is not None:
        raise SystemExit(f"{name}: {wrong[1]}\n{told}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if rate is None:
        raise SystemExit(f"{name}: wrk tells nothing that can be read:\n{told}")
    return Lap(float(rate[1]), _find_ms(told, "50%"), _find_ms(told, "99%"))


def _find_ms(told: str, share: str) -> float:
    found = re.search(rf"(?m)^\s+{share}\s+([\d.]+)(us|ms|s|m)$", told)
    return float("nan") if found is None else float(found[1]) * _UNITS_MS[found[2]]
