"""Keys on the real server, with two workers, changed by the real command line."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time

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
    # Given a server with two workers, and connections enough to reach both
    first = _run(environ, "keys", "create", "shop").stdout.strip()
    settings = {"ML_API_KEYS_FILE": str(tmp_path / "keys.json"), "ML_API_SECRET_KEY": SECRET_KEY}
    with serve(ML_API_WORKERS="2", **settings) as server:
        connections = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=10) for _ in range(8)]
        assert [_ask(connection, first, row) for connection in connections] == [200] * 8
        # When the key gets a second secret, then both are good everywhere
        second = _run(environ, "keys", "rotate", "shop").stdout.strip()
        time.sleep(1.1)
        for token in (first, second):
            assert [_ask(connection, token, row) for connection in connections] == [200] * 8
        # When the first is revoked, then within two seconds it is good nowhere, and the second everywhere
        assert _run(environ, "keys", "revoke", "shop", "--slot", "primary").returncode == 0
        time.sleep(1.5)
        statuses = [_ask(connection, first, row) for connection in connections]
        assert set(statuses) <= {401, 429}
        assert [_ask(connection, second, row) for connection in connections] == [200] * 8
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
