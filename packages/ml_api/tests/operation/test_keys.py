"""Keys on the real server, with two workers, changed by the real command line."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ml_api.services.last_use import read_last_use

PROGRAM = "from ml_api.cli import main; main()"
SECRET_KEY = "0123456789abcdef" * 2


def _run(environ, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def environ(make_environ, tmp_path):
    return make_environ(tmp_path, ML_API_KEYS_FILE=str(tmp_path / "keys.json"))


def _find_worker(connection: http.client.HTTPConnection, pids: list[int]) -> int:
    """Say which worker has the other end of a connection, by what the system tells of sockets and open files."""
    ends = [f"{connection.sock.getpeername()[1]:04X}", f"{connection.sock.getsockname()[1]:04X}"]
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    [inode] = [row[9] for row in rows if [row[1].split(":")[1], row[2].split(":")[1]] == ends]
    files = {pid: list(Path(f"/proc/{pid}/fd").iterdir()) for pid in pids}
    return next(pid for pid in pids if any(_read_link(file) == f"socket:[{inode}]" for file in files[pid]))


def _read_link(file: Path) -> str:
    try:
        return str(file.readlink())
    except OSError:  # closed in the meantime
        return ""


def _connect_to_each_worker(server, token, row) -> list[http.client.HTTPConnection]:
    """Open connections until each worker has one."""
    pids, found = server.find_workers(), {}
    deadline = time.monotonic() + 20
    while len(found) < len(pids):
        assert time.monotonic() < deadline, "all connections reach the same worker"
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        assert _ask(connection, token, row) == 200
        if found.setdefault(_find_worker(connection, pids), connection) is not connection:
            connection.close()
    return list(found.values())


def _ask(connection, token, row) -> int:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/v1/predict", json.dumps(row), headers)
    response = connection.getresponse()
    response.read()
    return response.status


@pytest.mark.slow
def test_rotation_costs_no_request_and_a_revocation_reaches_all_workers_within_two_seconds(
    serve, environ, tmp_path, row
):
    # Given a server with two workers, and a connection to each
    first = _run(environ, "keys", "create", "shop").stdout.strip()
    settings = {"ML_API_KEYS_FILE": str(tmp_path / "keys.json"), "ML_API_SECRET_KEY": SECRET_KEY}
    with serve(ML_API_WORKERS="2", ML_API_KEEPALIVE_S="60", **settings) as server:
        connections = _connect_to_each_worker(server, first, row)
        assert len(connections) == 2
        # When the key gets a second secret, then both are good everywhere
        second = _run(environ, "keys", "rotate", "shop").stdout.strip()
        time.sleep(1.1)
        for token in (first, second):
            assert [_ask(connection, token, row) for connection in connections] == [200, 200]
        # When the first is revoked, then within two seconds it is good nowhere, and the second everywhere
        assert _run(environ, "keys", "revoke", "shop", "--slot", "primary").returncode == 0
        time.sleep(1.5)
        assert [_ask(connection, first, row) for connection in connections] == [401, 401]
        assert [_ask(connection, second, row) for connection in connections] == [200, 200]
        for connection in connections:
            connection.close()
    # And the server's end has noted the last uses, and its log has no key
    assert {name.split("/")[1] for name in read_last_use(tmp_path / "keys.json")} == {"primary", "secondary"}
    log = (server.folder / "stdout").read_text() + server.read_errors()
    assert first.split("_", 2)[2] not in log
    assert second.split("_", 2)[2] not in log
    listed = _run(environ, "keys", "list").stdout
    assert "never" not in listed


def test_production_without_keys_does_not_start_and_says_what_to_do(environ):
    environ = {**environ, "ML_API_ENV": "production"}
    del environ["ML_API_KEYS_FILE"]
    finished = _run(environ, "serve")
    assert finished.returncode == 1
    assert finished.stderr.startswith("Error: The API does not start:\n- ML_API_KEYS_FILE is not set")
    assert "Traceback" not in finished.stderr


def test_gunicorn_by_itself_does_not_start_so_either(environ):
    environ = {**environ, "ML_API_ENV": "production", "ML_API_PORT": "1", "ML_API_WITHOUT_KEYS": "1"}
    del environ["ML_API_KEYS_FILE"]
    options = ["--config", "python:ml_api.gunicorn_conf", "--bind", "127.0.0.1:0"]
    command = [sys.executable, "-m", "gunicorn", *options, "ml_api.wsgi:app"]
    finished = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode != 0
    assert "ML_API_SECRET_KEY, which signs the cookies of sessions, is not set" in finished.stderr
