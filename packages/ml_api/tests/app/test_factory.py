from __future__ import annotations

import pytest

from ml_api.app import create_app
from ml_api.errors import SettingsError
from ml_api.settings import ProductionSettings

OPEN = {"without_keys": True, "secret_key": "0123456789abcdef" * 2}


def test_settings_come_from_the_environment_by_default(monkeypatch, tmp_path):
    monkeypatch.setenv("ML_API_ARTIFACT", str(tmp_path))
    monkeypatch.setenv("ML_API_ENV", "testing")
    app = create_app()
    assert app.testing
    assert app.config["MAX_CONTENT_LENGTH"] == 200_000


def test_unusable_settings_stop_the_start(monkeypatch):
    monkeypatch.setenv("ML_API_NONSENSE", "1")
    with pytest.raises(SettingsError, match="ML_API_NONSENSE"):
        create_app()


def test_production_is_no_test(tmp_path):
    assert not create_app(ProductionSettings(artifact=tmp_path, **OPEN)).testing


def test_applications_share_nothing(model_folder, tmp_path):
    broken = create_app(ProductionSettings(artifact=tmp_path, **OPEN)).test_client()
    sound = create_app(ProductionSettings(artifact=model_folder, **OPEN)).test_client()
    assert broken.get("/ready").status_code == 503
    assert sound.get("/ready").status_code == 200
