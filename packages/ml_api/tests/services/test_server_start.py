from __future__ import annotations

import json

import pytest

from ml_api.app import create_app
from ml_api.errors import SettingsError
from ml_api.services import server_start
from ml_api.services.server_start import check_start, has_started, note_start
from ml_api.settings import TestingSettings


@pytest.fixture
def started(monkeypatch):
    """What a worker finds that takes the place of another."""
    monkeypatch.setattr(server_start, "_server", server_start._Server())
    note_start()


@pytest.fixture
def a_file(tmp_path):
    """Where a folder should be."""
    path = tmp_path / "file"
    path.write_text("")
    return path


def test_a_server_that_can_do_what_its_settings_say_starts(tmp_path):
    check_start(TestingSettings(prediction_log=tmp_path / "kept", log_file=tmp_path / "api.log"))
    assert (tmp_path / "kept").is_dir()
    assert len(list(tmp_path.glob("api-*.log"))) == 1


@pytest.mark.parametrize("setting", ["keys_file", "log_file", "prediction_log"])
def test_a_server_that_can_not_does_not_start(a_file, setting):
    with pytest.raises(SettingsError, match=f"ML_API_{setting.upper()}"):
        check_start(TestingSettings(**{setting: a_file / "below"}))


@pytest.mark.parametrize("setting", ["keys_file", "log_file", "prediction_log"])
def test_nor_does_an_application_that_no_server_has_checked(a_file, model_folder, setting):
    assert not has_started()
    with pytest.raises(SettingsError, match=f"ML_API_{setting.upper()}"):
        create_app(TestingSettings(artifact=model_folder, **{setting: a_file / "below"}))


def test_a_replaced_worker_without_keys_is_closed_and_says_so(started, a_file, model_folder, row, capsys):
    client = create_app(TestingSettings(artifact=model_folder, keys_file=a_file / "below")).test_client()
    assert client.get("/health").status_code == 200
    assert client.get("/ready").status_code == 200
    headers = {"Authorization": "Bearer canary"}
    for answer in (client.post("/v1/predict", json=row), client.post("/v1/predict", json=row, headers=headers)):
        assert answer.status_code == 401
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["message"] for line in told if line["level"] == "ERROR"] == [
        "closed: no key is good",
        "ends of sessions not read",
    ]


def test_a_replaced_worker_predicts_without_its_logs_and_says_so(started, a_file, model_folder, row, capsys):
    settings = TestingSettings(artifact=model_folder, log_file=a_file / "below", prediction_log=a_file / "below")
    client = create_app(settings).test_client()
    assert client.post("/v1/predict", json=row).status_code == 200
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["message"] for line in told if line["level"] == "ERROR"][:2] == [
        "the log goes to the standard output",
        "predictions are not kept",
    ]
