"""The server as it is started, stopped, killed and configured."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2]


def test_it_is_healthy_and_ready(server, artifact):
    assert server.request("GET", "/health") == (200, {"status": "ok"})
    assert server.request("GET", "/ready") == (200, {"status": "ready", "model_version": artifact.version})
    assert server.request("GET", "/version")[1]["artifact_digest"] == artifact.digest


def test_it_predicts_and_logs_as_json(server, row):
    status, answer = server.predict([row, None, row])
    assert status == 200
    assert answer["predictions"][0] == answer["predictions"][2] > 0
    assert answer["predictions"][1] is None

    def read_messages() -> list[str]:
        return [line["message"] for line in server.read_log() if line.get("request_id") == answer["request_id"]]

    server.wait_until(lambda: "request" in read_messages())
    assert read_messages() == ["prediction input", "prediction output", "request"]


def test_a_chunked_body_is_limited(server, row):
    chunk = json.dumps(row).encode().ljust(1000)
    headers = {"Content-Type": "application/json"}
    status, answer = server.request("POST", "/v1/predict", iter([chunk]), headers, encode_chunked=True)
    assert (status, list(answer["errors"])) == (200, [])
    # The first 200 chunks are within the limit and, cut off there, would be a good document.
    body = iter([chunk, *[b" " * 1000] * 300])
    status, answer = server.request("POST", "/v1/predict", body, headers, encode_chunked=True)
    assert (status, answer["error"]["code"]) == (413, "content_too_large")


def test_a_client_that_overshoots_reads_its_answer(server):
    headers = {"Content-Type": "application/json"}
    status, answer = server.request("POST", "/v1/predict", b" " * 390_000, headers)
    assert (status, answer["error"]["code"]) == (413, "content_too_large")


def test_it_leaves_nothing_in_anybodys_home(server):
    assert sorted(path.name for path in server.folder.iterdir()) == ["stderr", "stdout"]


def test_gevent_has_nothing_to_warn_of(server):
    # It does when modules that it patches were used before.
    assert "Warning" not in server.read_errors()


def test_numeric_libraries_compute_in_one_thread(server):
    [*_, worker] = server.find_workers()
    threads = Path(f"/proc/{worker}/task")
    if not threads.is_dir():
        pytest.skip("this system does not show the threads of a process")
    # One that answers and one of a library; without the limit, each numeric library adds one per further core.
    assert len(list(threads.iterdir())) <= 3


def test_a_killed_worker_is_replaced(server, row):
    before = server.predict(row)[1]["predictions"]
    server.kill_worker()
    assert server.predict(row)[1]["predictions"] == before


@pytest.mark.slow
def test_a_worker_is_replaced_after_its_number_of_requests(serve):
    with serve(ML_API_MAX_REQUESTS="10", ML_API_KEEPALIVE_S="1") as server:
        for _ in range(20):
            assert server.request("GET", "/health")[0] == 200
        server.wait_until(lambda: len(server.find_workers()) > 1)
        server.wait_until_ready()


@pytest.fixture
def check_config(tmp_path, make_environ):
    def check(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            # Printing the configuration also loads the application: a small one will do.
            [sys.executable, "-m", "gunicorn", "--print-config", *arguments, "wsgiref.simple_server:demo_app"],
            cwd=PACKAGE,
            env=make_environ(tmp_path, ML_API_ARTIFACT=str(tmp_path), **settings),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return check


@pytest.mark.parametrize(
    "arguments", [("--config", "python:ml_api.gunicorn_conf"), ()], ids=["module", "file-in-folder"]
)
def test_gunicorn_takes_its_configuration_from_the_settings(check_config, arguments):
    result = check_config(
        *arguments,
        PORT="4321",
        ML_API_WORKERS="7",
        ML_API_TIMEOUT_S="11",
        ML_API_KEEPALIVE_S="12",
        ML_API_MAX_REQUESTS="1300",
    )
    assert result.returncode == 0, result.stderr
    config = dict(re.findall(r"(?m)^(\w+)\s+= (.*)$", result.stdout))
    assert config["bind"] == "['127.0.0.1:4321']"
    assert config["workers"] == "7"
    assert config["timeout"] == "11"
    assert config["keepalive"] == "12"
    assert config["max_requests"] == "1300"
    assert config["max_requests_jitter"] == "130"
    assert config["preload_app"] == "False"
    assert config["control_socket_disable"] == "True"
    assert config["dirty_workers"] == "0"
    assert config["forwarded_allow_ips"] == config["forwarder_headers"] == "[]"
    assert (config["http_parser"], config["http_protocols"], config["header_map"]) == ("python", "['h1']", "drop")
    assert config["accesslog"] == "None"


def test_gunicorn_says_in_one_message_which_settings_it_cannot_use(check_config):
    result = check_config("--config", "python:ml_api.gunicorn_conf", ML_API_PORT="x")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "",
        "Error: The environment can't be used:",
        "- ML_API_PORT must be a whole number from 1 to 65535, but is 'x'",
    ]
