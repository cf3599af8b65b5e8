from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ml_api.cli import main


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("ML_API_ENV", "testing")

    def run(artifact):
        monkeypatch.setenv("ML_API_ARTIFACT", str(artifact))
        return CliRunner().invoke(main, ["openapi"])

    return run


def test_it_prints_what_the_server_answers_and_nothing_else(run, model_folder, client):
    result = run(model_folder)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == client.get("/openapi.json").get_json()


def test_without_a_model_it_fails_in_one_line(run, tmp_path):
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "Error: The model is not loaded" in result.stderr


def test_unusable_settings_are_told(run, monkeypatch, model_folder):
    monkeypatch.setenv("ML_API_PORT", "x")
    result = run(model_folder)
    assert result.exit_code == 1
    assert "ML_API_PORT" in result.stderr
