"""Sessions are opened where they can be of use, and nowhere else."""

from __future__ import annotations

import re

import pytest

from ml_api.app import create_app
from ml_api.app.page_sessions import PageSessions
from ml_api.services.keys import create_key
from ml_api.services.keys_file import change_keys
from ml_api.settings import TestingSettings

COOKIE = "ml_api_session"


@pytest.fixture
def token(tmp_path):
    def change(keys):
        changed, _, token = create_key(keys, "shop", ["predict"])
        return changed, token

    return change_keys(tmp_path / "keys.json", change)


@pytest.fixture
def browser(model_folder, tmp_path, token):
    """A browser in a session."""
    client = create_app(TestingSettings(artifact=model_folder, keys_file=tmp_path / "keys.json")).test_client()
    csrf_token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)[1]
    assert client.post("/login", data={"csrf_token": csrf_token, "key": token}).status_code == 303
    return client


@pytest.fixture
def signings(monkeypatch):
    """Count how often a cookie is checked or signed."""
    calls = []
    real = PageSessions.get_signing_serializer

    def count(self, app):
        calls.append(app)
        return real(self, app)

    monkeypatch.setattr(PageSessions, "get_signing_serializer", count)
    return calls


def test_a_page_in_a_session_opens_it(browser, signings):
    assert browser.get("/").status_code == 200
    assert signings


@pytest.mark.parametrize(
    "path", ["/static/page.css", "/static/nothing", "/docs", "/openapi.json", "/health", "/version"]
)
def test_what_is_public_opens_none(browser, signings, path):
    response = browser.get(path)
    assert response.status_code in (200, 404)
    assert not signings
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")


def test_a_key_in_a_header_opens_none(browser, token, row, signings):
    headers = {"Authorization": f"Bearer {token}"}
    assert browser.post("/v1/predict", json=row, headers=headers).status_code == 200
    page = browser.get("/", headers=headers)
    assert page.status_code == 200
    assert 'name="csrf_token"' in page.text  # a token of no session, which the page can do without
    assert not signings
    assert "Set-Cookie" not in page.headers


def test_without_a_cookie_there_is_nothing_to_check(client, row, signings):
    assert client.post("/v1/predict", json=row).status_code == 200
    assert not signings


def test_a_key_in_a_header_does_not_end_the_session(browser, token):
    before = browser.get_cookie(COOKIE).value
    browser.get("/", headers={"Authorization": f"Bearer {token}"})
    assert browser.get_cookie(COOKIE).value == before
    assert browser.get("/").status_code == 200
