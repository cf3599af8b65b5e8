"""A model that has to be unpickled: only if it is signed, and only in a process of its own."""

from __future__ import annotations

import logging
import os
import shutil
import signal
from pathlib import Path

import joblib
import pytest

from ml_api.app import create_app
from ml_api.blueprints.context import EXTENSION
from ml_api.errors import SettingsError
from ml_api.services import server_start
from ml_api.services.pace import SlowPace
from ml_api.services.server_start import check_start, note_start
from ml_api.services.trust import check_trust
from ml_api.settings import TestingSettings
from regression_model import load_pipeline, make_prediction


@pytest.fixture(scope="module")
def expected(neighbours_folder):
    artifact = load_pipeline(neighbours_folder)
    rows = [artifact.example_row(), {**artifact.example_row(), "LotArea": 5_000}]
    return rows, make_prediction(input_data=rows, artifact=artifact)["predictions"]


@pytest.fixture(scope="module")
def app(neighbours_folder, expected):  # which is computed before
    """An application whose process must not unpickle anything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joblib, "load", lambda *_: pytest.fail("it was unpickled in the process that answers"))
        settings = TestingSettings(
            artifact=neighbours_folder, trusted_keys_file=neighbours_folder.with_name("key.pub"), timeout_s=120
        )
        app = create_app(settings)
        yield app
        app.extensions[EXTENSION].model.close()


@pytest.fixture
def started(monkeypatch):
    """What a worker finds that takes the place of another."""
    monkeypatch.setattr(server_start, "_server", server_start._Server())
    note_start()


def find_children() -> set[int]:
    files = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(child) for file in files for child in file.read_text().split()}


def test_it_predicts_in_a_process_of_its_own_and_says_so(app, expected):
    rows, predictions = expected
    client = app.test_client()
    assert client.post("/v1/predict", json=rows).get_json()["predictions"] == predictions
    version = client.get("/version").get_json()
    assert (version["compiled"], version["predicts_in"]) == (False, "own_process")
    assert isinstance(app.extensions[EXTENSION].model.pace, SlowPace), "it never holds up the loop of a worker"


def test_rows_are_refused_one_by_one_and_streams_are_answered(app, expected):
    rows, predictions = expected
    client = app.test_client()
    answer = client.post("/v1/predict", json=[rows[0], {**rows[1], "LotArea": "much"}]).get_json()
    assert answer["predictions"] == [predictions[0], None]
    assert [error["field"] for error in answer["errors"]["1"]] == ["LotArea"]
    lines = "\n".join(app.json.dumps(row) for row in rows)
    stream = client.post("/v1/predict", data=lines, content_type="application/x-ndjson").text.splitlines()
    assert [app.json.loads(line)["prediction"] for line in stream[:-1]] == predictions


def test_what_it_cannot_explain_is_refused_with_the_reason(app, expected, check_error):
    error = check_error(app.test_client().post("/v1/predict?explain=true", json=expected[0]), 422, "not_explainable")
    assert "KNeighborsRegressor" in error["message"]


def test_when_the_process_is_killed_another_takes_its_place(app, expected):
    children = find_children()
    assert children
    for child in children:
        os.kill(child, signal.SIGKILL)
    assert app.test_client().post("/v1/predict", json=expected[0]).get_json()["predictions"] == expected[1]
    assert not children & find_children()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TimeoutError("the prediction took more than 60 s"), "request_timeout"),
        (MemoryError("the prediction took more than 2,000 MB of memory"), "prediction_process_failed"),
    ],
)
def test_what_takes_too_much_is_told_to_the_client(app, expected, check_error, monkeypatch, error, code):
    def fail(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr("regression_model.execution.PredictionProcess.predict", fail)
    told = check_error(app.test_client().post("/v1/predict", json=expected[0]), 503, code)
    assert "fewer rows, or shorter series" in told["message"]


@pytest.mark.parametrize("start", [check_trust, check_start, create_app])
def test_one_that_nobody_signed_stops_the_start_and_is_not_opened(neighbours_folder, start):
    with pytest.raises(SettingsError, match="ML_API_ARTIFACT: the model has no compiled form.*regression-model sign"):
        start(TestingSettings(artifact=neighbours_folder))


@pytest.mark.usefixtures("started")
def test_one_that_takes_the_place_of_another_unsigned_is_refused_under_ready(
    neighbours_folder, tmp_path, check_error, caplog
):
    copy = shutil.copytree(neighbours_folder, tmp_path / "model")
    [signature] = copy.glob("*.sig")
    signature.unlink()
    caplog.set_level(logging.ERROR)
    client = create_app(TestingSettings(artifact=copy)).test_client()
    for answer in (client.get("/ready"), client.post("/v1/predict", json={})):
        error = check_error(answer, 503, "model_not_ready")
        assert error["details"] == {"reason": "ArtifactSignatureError"}
        assert "'regression-model sign'" in error["message"]
