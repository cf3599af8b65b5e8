"""A server that loads signed models only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import pytest

from regression_model import sign_artifact
from regression_model.artifact.signing_keys import create_key

SERVE = [sys.executable, "-c", "from ml_api.cli import main; main()", "serve"]
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:ml_api.gunicorn_conf", "ml_api.wsgi:app"]


@pytest.fixture
def key(tmp_path):
    """A key's file, and its id."""
    return tmp_path / "team.pem", create_key(tmp_path / "team.pem")


@pytest.fixture
def model(model_folder, tmp_path):
    return shutil.copytree(model_folder, tmp_path / "model")


@pytest.mark.slow
def test_a_signed_model_is_served_and_one_that_takes_its_place_unsigned_is_not(serve, model, key, row):
    file, key_id = key
    signature = sign_artifact(model, file)
    with serve(ML_API_ARTIFACT=str(model), ML_API_TRUSTED_KEYS_FILE=f"{file}.pub") as server:
        assert server.request("GET", "/version")[1]["signed_by"] == key_id
        assert server.predict(row)[0] == 200
        # When the signature goes, then so does the model of the next worker, and the server lives
        signature.unlink()
        workers = server.find_workers()
        os.kill(workers[-1], signal.SIGKILL)
        server.wait_until(lambda: len(server.find_workers()) > len(workers))
        server.wait_until(lambda: server.request("GET", "/ready")[0] == 503)
        status, answer = server.predict(row)
        assert (status, answer["error"]["details"]) == (503, {"reason": "ArtifactSignatureError"})
        # When it is back, then so is the model
        sign_artifact(model, file)
        server.kill_worker()
        assert server.predict(row)[0] == 200


@pytest.mark.parametrize("command", [SERVE, GUNICORN])
def test_a_server_whose_model_is_not_signed_does_not_start_and_says_why(make_environ, tmp_path, model, key, command):
    settings = {"ML_API_ARTIFACT": str(model), "ML_API_TRUSTED_KEYS_FILE": f"{key[0]}.pub", "ML_API_PORT": "1"}
    environ = make_environ(tmp_path, **settings)
    done = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "The API does not start:\n- ML_API_TRUSTED_KEYS_FILE: " in done.stderr
    assert "is not signed, and only models that are signed by a key in" in done.stderr
    assert "Traceback" not in done.stderr
