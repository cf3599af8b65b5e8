"""The smoke test tells what is deployed from what is not: asked of the API itself, behind a real socket."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import zipfile
from dataclasses import replace
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from deployment.errors import DeploymentError
from deployment.smoke import Expectation, Service, check_service, read_manifest

from ml_api.app import create_app
from ml_api.settings import TestingSettings

ROOT = Path(__file__).resolve().parents[2]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def url(version_1):
    app = create_app(TestingSettings(artifact=version_1.model))
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def expected(version_1):
    return Expectation.from_manifest(read_manifest(version_1.model))


def test_what_was_deployed_is_recognised(url, expected):
    lines = []
    check_service(Service(url), expected, patience_s=10, report=lines.append)
    assert len(lines) == 4
    assert "7.1.0" in lines[1]


def test_another_version_is_not_it(url, expected):
    with pytest.raises(DeploymentError, match="expected model_version '7.2.0', found '7.1.0'"):
        check_service(Service(url), replace(expected, model_version="7.2.0"), patience_s=10)


def test_another_model_of_the_same_version_is_not_it(url, expected):
    with pytest.raises(DeploymentError, match="expected artifact_digest '0000'"):
        check_service(Service(url), replace(expected, digest="0000"), patience_s=10)


def test_a_prediction_that_is_off_by_a_billionth_passes_and_by_a_millionth_fails(url, expected):
    def shift(share):
        return replace(expected, predictions=[value * (1 + share) for value in expected.predictions])

    check_service(Service(url), shift(1e-10), patience_s=10)
    with pytest.raises(DeploymentError, match="golden row 0: expected the prediction"):
        check_service(Service(url), shift(1e-6), patience_s=10)


def test_nobody_there_is_said_after_the_time_is_up(port, expected):
    with pytest.raises(DeploymentError, match=r"was not ready within 0.3 s.*ConnectionRefusedError"):
        check_service(Service(f"http://127.0.0.1:{port}"), expected, patience_s=0.3)


def test_a_url_that_is_none_is_said():
    with pytest.raises(DeploymentError, match="expected a URL"):
        Service("ftp://host").ask("/health")


def run_script(*arguments, **variables):
    return subprocess.run(
        [str(ROOT / "scripts" / "smoke-test"), *arguments],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_script_takes_the_golden_rows_from_the_wheel(url, version_1, tmp_path):
    (manifest,) = version_1.model.glob("*.manifest.json")
    with zipfile.ZipFile(tmp_path / "regression_model-7.1.0-py3-none-any.whl", "w") as wheel:
        wheel.write(manifest, f"regression_model/trained_models/{manifest.name}")
    finished = run_script("--version", "7.1.0", "--dist", str(tmp_path), DEPLOY_URL=url)
    assert finished.returncode == 0, finished.stderr
    assert "10 golden rows are predicted" in finished.stdout


def test_the_script_expects_the_version_of_the_checkout(url):
    finished = run_script(url)
    assert finished.returncode == 1
    assert "found '7.1.0': something else is deployed there" in finished.stderr


def test_a_manifest_that_is_none_is_refused(tmp_path):
    (tmp_path / "a.manifest.json").write_text(json.dumps({"model_version": "1"}))
    with pytest.raises(DeploymentError, match="it lacks model_version, sha256 or golden_rows"):
        read_manifest(tmp_path)
    (tmp_path / "b.manifest.json").write_text("{}")
    with pytest.raises(DeploymentError, match="expected one file .* found a.manifest.json, b.manifest.json"):
        read_manifest(tmp_path)
