from __future__ import annotations

import json

import pytest

from ml_api.app import create_app
from ml_api.services.keys import create_key
from ml_api.services.keys_file import change_keys
from ml_api.settings import ProductionSettings, TestingSettings

PREDICT = "/v1/predict"


def _make_key(path, name):
    def change(keys):
        changed, _, token = create_key(keys, name, ["predict"])
        return changed, token

    return change_keys(path, change)


def test_each_key_has_its_own_rate(model_folder, tmp_path, row, check_error):
    # Given two keys and a rate of three
    shop, office = _make_key(tmp_path / "keys.json", "shop"), _make_key(tmp_path / "keys.json", "office")
    settings = TestingSettings(artifact=model_folder, keys_file=tmp_path / "keys.json", rate_limit="3 per minute")
    client = create_app(settings).test_client()

    def ask(token):
        return client.post(PREDICT, json=row, headers={"Authorization": f"Bearer {token}"})

    # When one of them asks four times
    answers = [ask(shop) for _ in range(4)]
    # Then the fourth is too many, and all tell where it stands
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit-Limit"] for answer in answers] == ["3"] * 4
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert 55 <= int(answers[3].headers["RateLimit-Reset"]) <= 60
    error = check_error(answers[3], 429, "too_many_requests")
    assert answers[3].headers["Retry-After"] == str(error["details"]["retry_after_s"])
    assert all("Retry-After" not in answer.headers for answer in answers[:3])
    # And the other one is not concerned
    assert ask(office).status_code == 200


def test_without_keys_each_address_has_its_own_rate(model_folder, row):
    settings = TestingSettings(artifact=model_folder, rate_limit="1 per minute", without_keys=True)
    client = create_app(settings).test_client()
    addresses = ["192.0.2.1", "192.0.2.1", "192.0.2.2"]
    statuses = [
        client.post(PREDICT, json=row, environ_overrides={"REMOTE_ADDR": address}).status_code for address in addresses
    ]
    assert statuses == [200, 429, 200]


def test_an_address_is_what_trusted_proxies_say(model_folder, row):
    settings = TestingSettings(artifact=model_folder, rate_limit="1 per minute", trusted_proxies=1, without_keys=True)
    client = create_app(settings).test_client()
    # The client itself put the first address there; the proxy appended the second
    chains = ["10.0.0.1, 192.0.2.1", "10.0.0.2, 192.0.2.1", "10.0.0.1, 192.0.2.2"]
    statuses = [client.post(PREDICT, json=row, headers={"X-Forwarded-For": chain}).status_code for chain in chains]
    assert statuses == [200, 429, 200]


def test_public_routes_do_not_count(model_folder):
    client = create_app(TestingSettings(artifact=model_folder, rate_limit="1 per minute")).test_client()
    answers = [client.get(path) for path in ("/health", "/health", "/ready", "/version")]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert all("RateLimit-Limit" not in answer.headers for answer in answers)


def test_off_means_off(client, row):
    answer = client.post(PREDICT, json=row)
    assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer.headers


@pytest.mark.parametrize(("workers", "share"), [(1, 600), (4, 150)])
def test_the_start_says_how_the_rate_is_divided(tmp_path, capsys, workers, share):
    create_app(
        ProductionSettings(artifact=tmp_path, workers=workers, without_keys=True, secret_key="0123456789abcdef" * 2)
    )
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [line] = [line for line in lines if line["message"] == "rate limit"]
    assert line["rate"] == "600 per minute"
    assert line["counted_in"] == "memory"
    assert line["workers"] == workers
    assert line["requests_per_worker_in_memory"] == share
