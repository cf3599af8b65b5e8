"""Defences that no test elsewhere would miss: what is expected here is spelt out, never read from the code."""

from __future__ import annotations

import hashlib
import io
import json
import re
from typing import Any

import pytest

from ml_api.app import create_app
from ml_api.errors import SettingsError
from ml_api.services.keys import create_key, digest_token
from ml_api.services.keys_file import change_keys
from ml_api.services.private_files import write_private
from ml_api.settings import TestingSettings, read_settings

HEADERS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


@pytest.mark.parametrize("path", ["/health", "/", "/nowhere", "/static/style.css"])
def test_each_header_is_there_by_name(client, path):
    response = client.get(path)
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    directives = response.headers["Content-Security-Policy"].split("; ")
    assert dict(directive.split(" ", 1) for directive in directives) == POLICY


def test_what_is_kept_of_a_token_is_its_sha256():
    assert digest_token("rm_x") == hashlib.sha256(b"rm_x").hexdigest()


def test_who_reads_while_another_writes_reads_the_old_file_to_its_end(tmp_path):
    path = tmp_path / "keys.json"
    write_private(path, "old")
    with path.open() as reader:
        write_private(path, "new")
        assert reader.read() == "old"
    assert path.read_text() == "new"


def test_a_secret_key_of_less_than_32_characters_is_refused():
    with pytest.raises(SettingsError, match="ML_API_SECRET_KEY must be 32 or more"):
        read_settings({"ML_API_SECRET_KEY": "0123456789abcdef0123456789abcde"})


def test_where_no_secret_is_set_each_application_makes_one_up(tmp_path):
    made_up = {create_app(TestingSettings(artifact=tmp_path)).config["SECRET_KEY"] for _ in range(2)}
    assert [len(secret) for secret in made_up] == [64, 64]


def test_a_chunked_body_without_an_end_is_not_read_to_its_end(client, check_error):
    body = io.BytesIO(b" " * 2_000_000)
    overrides = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    response = client.post(
        "/v1/predict", input_stream=body, content_type="application/json", environ_overrides=overrides
    )
    check_error(response, 413, "content_too_large")
    assert body.tell() < 500_000  # a little more than twice the limit of testing


# ----- scopes of a session


def _log_in(model_folder, keys_file, scopes: list[str]) -> Any:
    """Return a browser in a session that began with a key of these scopes."""

    def change(keys):
        changed, _, token = create_key(keys, "shop", scopes)
        return changed, token

    token = change_keys(keys_file, change)
    app = create_app(TestingSettings(artifact=model_folder, keys_file=keys_file))
    app.extensions["ml_api"].guard._store._watch.interval_s = 0
    browser = app.test_client()
    csrf_token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login").text)[1]
    assert browser.post("/login", data={"csrf_token": csrf_token, "key": token}).status_code == 303
    return browser


def _change_scopes(keys_file, scopes: list[str]) -> None:
    document = json.loads(keys_file.read_text())
    document["keys"][0]["scopes"] = scopes
    write_private(keys_file, json.dumps(document))


def test_a_session_has_the_scopes_of_its_key(model_folder, tmp_path, check_error):
    browser = _log_in(model_folder, tmp_path / "keys.json", ["predict"])
    assert browser.get("/").status_code == 200
    check_error(browser.get("/insights"), 403, "forbidden")


def test_a_session_gains_no_scope_that_its_key_gets_later(model_folder, tmp_path, check_error):
    browser = _log_in(model_folder, tmp_path / "keys.json", ["predict"])
    _change_scopes(tmp_path / "keys.json", ["predict", "admin"])
    check_error(browser.get("/insights"), 403, "forbidden")


def test_a_session_loses_the_scope_that_its_key_loses(model_folder, tmp_path, check_error):
    browser = _log_in(model_folder, tmp_path / "keys.json", ["predict", "admin"])
    assert browser.get("/").status_code == 200
    _change_scopes(tmp_path / "keys.json", ["admin"])
    check_error(browser.get("/"), 403, "forbidden")


def test_no_key_is_in_the_cookie_once_it_is_unpacked(model_folder, tmp_path):
    browser = _log_in(model_folder, tmp_path / "keys.json", ["predict"])
    with browser.session_transaction() as session:
        assert "rm_" not in json.dumps(dict(session))


def test_a_refusal_of_all_rows_repeats_none(client, row):
    response = client.post("/v1/predict", json=[{**row, "LotArea": "canary"}])
    assert response.status_code == 422
    assert "canary" not in response.text


def test_workers_share_the_wrong_keys_of_an_address(model_folder, tmp_path):
    _log_in(model_folder, tmp_path / "keys.json", ["predict"])
    options = {"artifact": model_folder, "keys_file": tmp_path / "keys.json", "secret_key": "0123456789abcdef" * 2}
    client = create_app(TestingSettings(workers=5, **options)).test_client()
    wrong = {"Authorization": "Bearer x"}
    assert [client.get("/metrics", headers=wrong).status_code for _ in range(3)] == [401, 401, 429]


def test_the_secret_key_is_not_logged(tmp_path, capsys):
    create_app(TestingSettings(artifact=tmp_path, secret_key="canary-0123456789abcdef0123456789"))
    assert "canary" not in capsys.readouterr().out
