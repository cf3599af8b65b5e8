from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from ml_api.errors import SettingsError
from ml_api.settings import (
    DevelopmentSettings,
    ProductionSettings,
    TestingSettings,
    read_settings,
)


def test_an_empty_environment_means_production():
    assert read_settings({}) == ProductionSettings()


@pytest.mark.parametrize("kind", [ProductionSettings, DevelopmentSettings, TestingSettings])
def test_the_environment_chooses_the_class_and_its_defaults(kind):
    settings = read_settings({"ML_API_ENV": kind.environment})
    assert type(settings) is kind
    assert settings == kind()


def test_every_setting_is_read():
    settings = read_settings(
        {
            "ML_API_HOST": "::1",
            "ML_API_PORT": "8080",
            "ML_API_WORKERS": "3",
            "ML_API_TIMEOUT_S": "31",
            "ML_API_GRACEFUL_TIMEOUT_S": "32",
            "ML_API_REQUEST_TIMEOUT_S": "33",
            "ML_API_KEEPALIVE_S": "34",
            "ML_API_MAX_REQUESTS": "0",
            "ML_API_ALLOWED_HOSTS": "API.example.com, .internal",
            "ML_API_CORS_ORIGINS": "https://shop.example.com,http://localhost:3000",
            "ML_API_ARTIFACT": "/models/v1",
            "ML_API_MAX_BODY_BYTES": "2000",
            "ML_API_MAX_ROWS": "5",
            "ML_API_MAX_NESTING": "6",
            "ML_API_LOG_LEVEL": "warning",
            "HOME": "/home/somebody",
        }
    )
    assert settings == ProductionSettings(
        host="::1",
        port=8080,
        workers=3,
        timeout_s=31,
        graceful_timeout_s=32,
        request_timeout_s=33,
        keepalive_s=34,
        max_requests=0,
        allowed_hosts=("api.example.com", ".internal"),
        cors_origins=("https://shop.example.com", "http://localhost:3000"),
        artifact=Path("/models/v1"),
        max_body_bytes=2000,
        max_rows=5,
        max_nesting=6,
        log_level="WARNING",
    )
    assert settings.bind == "[::1]:8080"


def test_the_environment_of_the_process_is_the_default(monkeypatch):
    monkeypatch.setenv("ML_API_MAX_ROWS", "17")
    assert read_settings().max_rows == 17


@pytest.mark.parametrize(
    ("environ", "port"),
    [
        ({}, 8000),
        ({"PORT": "5000"}, 5000),
        ({"PORT": "5000", "ML_API_PORT": "6000"}, 6000),
        ({"PORT": "none of our business", "ML_API_PORT": "6000"}, 6000),
    ],
)
def test_the_port_of_the_platform_counts_unless_ours_is_set(environ, port):
    assert read_settings(environ).port == port


def test_settings_are_frozen():
    with pytest.raises(FrozenInstanceError):
        read_settings({}).port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("ML_API_ENV", "prod", "one of production, development, testing"),
        ("ML_API_PORT", "0", "a whole number from 1 to 65535"),
        ("ML_API_PORT", "65536", "a whole number from 1 to 65535"),
        ("ML_API_PORT", "8_000", "a whole number from 1 to 65535"),
        ("ML_API_PORT", "٨٠٠٠", "a whole number from 1 to 65535"),
        ("PORT", "http", "a whole number from 1 to 65535"),
        ("ML_API_WORKERS", "-1", "a whole number from 1 to 256"),
        ("ML_API_MAX_ROWS", "1.5", "a whole number from 1 to 1000000"),
        ("ML_API_MAX_ROWS", "9" * 5000, "a whole number from 1 to 1000000"),
        ("ML_API_LOG_LEVEL", "LOUD", "one of DEBUG, INFO, WARNING, ERROR"),
        ("ML_API_HOST", "localhost:80", "a host name or an IP address"),
        ("ML_API_HOST", "a b", "a host name or an IP address"),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_what_is(variable, value, expected):
    with pytest.raises(SettingsError) as caught:
        read_settings({variable: value})
    assert str(caught.value).splitlines() == [
        "The environment can't be used:",
        f"- {variable} must be {expected}, but is {value!r}",
    ]


def test_an_empty_value_is_an_error():
    with pytest.raises(SettingsError, match=r"ML_API_PORT is empty: set it to a whole .* or unset it"):
        read_settings({"ML_API_PORT": " "})


def test_an_unknown_setting_is_an_error_that_suggests_the_right_one():
    with pytest.raises(SettingsError, match=r"ML_API_MAX_ROW is no setting; did you mean ML_API_MAX_ROWS\?"):
        read_settings({"ML_API_MAX_ROW": "5"})


def test_an_unknown_setting_like_no_other_gets_the_whole_list():
    with pytest.raises(SettingsError, match=r"ML_API_ZZZZ is no setting; the settings are ML_API_ENV, .*_LEVEL"):
        read_settings({"ML_API_ZZZZ": "5"})


def test_one_error_names_all_problems():
    with pytest.raises(SettingsError) as caught:
        read_settings({"ML_API_PROT": "1", "ML_API_ENV": "?", "ML_API_WORKERS": "many", "PORT": ""})
    assert str(caught.value).count("\n- ") == 4
