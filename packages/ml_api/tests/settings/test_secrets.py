"""Settings of access: what they allow, and that secrets are shown to nobody."""

from __future__ import annotations

import pytest

from ml_api.errors import SettingsError
from ml_api.settings import ProductionSettings, read_settings
from ml_api.settings.kinds import Rate, RedisUrl, SecretText

SECRET = "canary-0123456789abcdef0123456789"


def test_settings_of_access_are_read(tmp_path):
    settings = read_settings(
        {
            "ML_API_KEYS_FILE": str(tmp_path),
            "ML_API_WITHOUT_KEYS": "1",
            "ML_API_SECRET_KEY": SECRET,
            "ML_API_PUBLIC_METRICS": "1",
            "ML_API_RATE_LIMIT": "10 Per Second",
            "ML_API_RATE_LIMIT_STORAGE": "rediss://user:canary@redis.internal:6380/1",
            "ML_API_TRUSTED_PROXIES": "2",
        }
    )
    assert settings == ProductionSettings(
        keys_file=tmp_path,
        without_keys=True,
        secret_key=SECRET,
        public_metrics=True,
        rate_limit="10 per second",
        rate_limit_storage="rediss://user:canary@redis.internal:6380/1",
        trusted_proxies=2,
    )
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("ML_API_SECRET_KEY", "canary"), ("ML_API_RATE_LIMIT_STORAGE", "http://user:canary@redis")],
)
def test_a_secret_that_is_not_allowed_is_not_repeated(variable, value):
    with pytest.raises(SettingsError, match=f"{variable} must be ") as caught:
        read_settings({variable: value})
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("text", ["a" * 31, "a" * 64, "0123456789abcdef 123456789abcdef", "é" * 40])
def test_what_can_be_guessed_is_no_secret(text):
    with pytest.raises(ValueError, match="32 or more printable ASCII characters"):
        SecretText(32).parse(text)


@pytest.mark.parametrize(
    "text", ["", "600", "600/minute", "0 per minute", "100001 per day", "-1 per day", "1 per week"]
)
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(ValueError, match="or `off`"):
        Rate().parse(text)


@pytest.mark.parametrize("text", ["memory://", "redis:/x", "redis://a b", "mongodb://x", "redis://"])
def test_what_is_no_redis_is_refused(text):
    with pytest.raises(ValueError, match="redis://"):
        RedisUrl().parse(text)
