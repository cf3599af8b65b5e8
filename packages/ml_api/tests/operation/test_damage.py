"""What keeps a server from starting does not end one that runs, when a worker has to be replaced."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ml_api.services.keys import create_key
from ml_api.services.keys_file import change_keys

COMMAND = ("gunicorn", "--config", "python:ml_api.gunicorn_conf", "--bind", "127.0.0.1:0", "ml_api.wsgi:app")


@pytest.fixture
def key(tmp_path):
    def add(keys):
        changed, _, token = create_key(keys, "shop", ["predict"])
        return changed, token

    return change_keys(tmp_path / "keys.json", add)


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "logs").mkdir()
    return {
        "ML_API_KEYS_FILE": str(tmp_path / "keys.json"),
        "ML_API_LOG_FILE": str(tmp_path / "logs" / "api.log"),
        "ML_API_PREDICTION_LOG": str(tmp_path / "kept"),
    }


def _put_a_file_in_its_place(folder) -> None:
    """Make a folder unusable, also for a superuser, whom no mode keeps out."""
    folder.rename(folder.with_name(f"{folder.name}-away"))
    folder.write_text("")


def test_a_replaced_worker_is_closed_without_keys_and_goes_on_without_logs(serve, settings, tmp_path, key, row):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    with serve(**settings) as server:

        def predict() -> int:
            return server.request("POST", "/v1/predict", json.dumps(row), headers)[0]

        # Given a server that has predicted, whose keys and logs are then damaged
        assert predict() == 200
        good = (tmp_path / "keys.json").read_text()
        (tmp_path / "keys.json").write_text("{}")
        for name in ("logs", "kept"):
            _put_a_file_in_its_place(tmp_path / name)
        # When its worker is killed
        server.kill_worker()
        # Then another one lives, knows nobody, and says what is wrong
        assert server.request("GET", "/health") == (200, {"status": "ok"})
        assert predict() == 401
        errors = {line["message"]: line["reason"] for line in server.read_log() if line["level"] == "ERROR"}
        assert "keys.json is no keys file" in errors["closed: no key is good"]
        assert "ML_API_LOG_FILE" in errors["the log goes to the standard output"]
        assert "ML_API_PREDICTION_LOG" in errors["predictions are not kept"]
        # And when the keys are mended, it lets their owners in, to predictions that nobody keeps
        (tmp_path / "keys.json").write_text(good)
        server.wait_until(lambda: predict() == 200)
        assert (tmp_path / "kept").read_text() == ""
        # And as soon as there is a folder again, they are kept
        (tmp_path / "kept").unlink()
        (tmp_path / "kept").mkdir()
        assert predict() == 200
        server.wait_until(lambda: list((tmp_path / "kept").glob("predictions-*")))
        assert server.process.poll() is None


@pytest.mark.parametrize("damage", ["keys.json", "logs", "kept"])
def test_a_server_does_not_start_with_what_it_can_not_use(make_environ, settings, tmp_path, key, damage):
    (tmp_path / "kept").mkdir()
    if damage == "keys.json":
        (tmp_path / damage).write_text("{}")
    else:
        _put_a_file_in_its_place(tmp_path / damage)
    environ = make_environ(tmp_path, ML_API_ARTIFACT=str(tmp_path), **settings)
    result = subprocess.run(
        [sys.executable, "-m", *COMMAND],
        env=environ,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1
    name = {"keys.json": "KEYS_FILE", "logs": "LOG_FILE", "kept": "PREDICTION_LOG"}[damage]
    assert f"ML_API_{name}" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Booting worker" not in result.stderr
