from __future__ import annotations

import pytest

from ml_api.errors import SettingsError
from ml_api.services import build_key_store, is_for_loopback_only
from ml_api.services.keys import create_key
from ml_api.services.keys_file import change_keys
from ml_api.settings import DevelopmentSettings, ProductionSettings, TestingSettings
from ml_api.settings.classes import ENVIRONMENTS

SECRET = "0123456789abcdef" * 2


@pytest.fixture
def keys_file(tmp_path):
    path = tmp_path / "keys.json"
    change_keys(path, lambda keys: (create_key(keys, "shop", ["predict"])[0], None))
    return path


def test_production_starts_with_keys_and_a_secret(keys_file):
    assert build_key_store(ProductionSettings(keys_file=keys_file, secret_key=SECRET)) is not None


def test_production_starts_without_keys_if_that_is_said_by_name():
    assert build_key_store(ProductionSettings(without_keys=True, secret_key=SECRET)) is None


def test_production_with_neither_does_not_start_and_one_message_says_all():
    with pytest.raises(SettingsError) as caught:
        build_key_store(ProductionSettings())
    first, *problems = str(caught.value).splitlines()
    assert first == "The API does not start:"
    assert [problem.split()[1] for problem in problems] == ["ML_API_KEYS_FILE", "ML_API_SECRET_KEY,"]
    assert "ML_API_WITHOUT_KEYS=1" in problems[0]


def test_production_with_a_secret_alone_does_not_start():
    with pytest.raises(SettingsError, match="ML_API_KEYS_FILE is not set"):
        build_key_store(ProductionSettings(secret_key=SECRET))


def test_production_with_keys_alone_does_not_start(keys_file):
    with pytest.raises(SettingsError, match="ML_API_SECRET_KEY, which signs the cookies of sessions, is not set"):
        build_key_store(ProductionSettings(keys_file=keys_file))


@pytest.mark.parametrize("kind", [ProductionSettings, DevelopmentSettings, TestingSettings])
@pytest.mark.parametrize("problem", ["missing", "open", "corrupt", "none live"])
def test_a_keys_file_that_can_not_be_used_stops_the_start_everywhere(keys_file, kind, problem):
    if problem == "missing":
        keys_file.unlink()
    elif problem == "open":
        keys_file.chmod(0o640)
    elif problem == "corrupt":
        keys_file.write_text("{}")
    else:
        keys_file.write_text('{"version": 1, "keys": []}')
    with pytest.raises(SettingsError, match=r"(?m)^- ML_API_KEYS_FILE: .*keys\.json"):
        build_key_store(kind(keys_file=keys_file, secret_key=SECRET))


NOT_PRODUCTION = [kind for kind in ENVIRONMENTS.values() if kind is not ProductionSettings]


@pytest.mark.parametrize("kind", NOT_PRODUCTION)
def test_all_but_production_is_open_on_loopback(kind):
    assert build_key_store(kind()) is None
    assert build_key_store(kind(host="localhost")) is None
    assert is_for_loopback_only(kind())


@pytest.mark.parametrize("kind", NOT_PRODUCTION)
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_none_but_production_starts_elsewhere_without_keys(kind, host):
    with pytest.raises(SettingsError, match=f"for loopback only, but ML_API_HOST is '{host}'"):
        build_key_store(kind(host=host))
    assert build_key_store(kind(host=host, without_keys=True)) is None
    assert not is_for_loopback_only(kind(host=host, without_keys=True))


def test_development_with_keys_starts_anywhere(keys_file):
    settings = DevelopmentSettings(host="0.0.0.0", keys_file=keys_file)
    assert build_key_store(settings) is not None
    assert not is_for_loopback_only(settings)


def test_workers_that_would_each_make_up_a_secret_do_not_start(keys_file):
    with pytest.raises(SettingsError, match="share no sessions"):
        build_key_store(DevelopmentSettings(keys_file=keys_file, workers=2))
    assert build_key_store(DevelopmentSettings(keys_file=keys_file, workers=2, secret_key=SECRET)) is not None


def test_keys_and_no_keys_contradict_each_other(keys_file):
    with pytest.raises(SettingsError, match="contradict each other"):
        build_key_store(ProductionSettings(keys_file=keys_file, without_keys=True, secret_key=SECRET))
