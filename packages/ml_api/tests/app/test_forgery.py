"""What other sites can't make a browser do, and what a session's check leaves of a body."""

from __future__ import annotations

import io
import json
import re

import pytest

from ml_api.app import create_app
from ml_api.services.keys import create_key
from ml_api.services.keys_file import change_keys
from ml_api.settings import ProductionSettings, TestingSettings

PREDICT = "/v1/predict"
LIMIT = 200_000  # bytes, in testing


@pytest.fixture
def token(tmp_path):
    def change(keys):
        changed, _, token = create_key(keys, "shop", ["predict"])
        return changed, token

    return change_keys(tmp_path / "keys.json", change)


@pytest.fixture
def browser(model_folder, tmp_path, token):
    """A browser in a session, and the token of its pages."""
    client = create_app(TestingSettings(artifact=model_folder, keys_file=tmp_path / "keys.json")).test_client()
    client.post("/login", data={"csrf_token": _find_token(client), "key": token})
    return client, _find_token(client)


def _find_token(client):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)[1]


def _post_chunked(client, body, content_type, **headers):
    """Post as gunicorn passes a chunked body on: without a length, with an end."""
    return client.post(
        PREDICT,
        input_stream=io.BytesIO(body),
        content_type=content_type,
        headers=headers,
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )


def _write_body(row, content_type, n_bytes):
    """Write rows of which any beginning that ends with a row is a good body, too."""
    if content_type == "application/json":
        return json.dumps(row).encode().ljust(n_bytes)
    lines = (
        [json.dumps(row)]
        if content_type == "application/x-ndjson"
        else [",".join(row), ",".join(map(str, row.values()))]
    )
    line = (lines[-1] + "\n").encode()
    return "".join(f"{line}\n" for line in lines[:-1]).encode() + line * (n_bytes // len(line) + 1)


# ----- bodies in a session


@pytest.mark.parametrize("content_type", ["application/json", "text/csv"])
def test_a_chunked_body_over_the_limit_is_413_in_a_session_too(browser, row, content_type, check_error):
    client, csrf_token = browser
    body = _write_body(row, content_type, LIMIT + 1)
    response = _post_chunked(client, body, content_type, **{"X-CSRFToken": csrf_token})
    check_error(response, 413, "content_too_large")


@pytest.mark.parametrize("content_type", ["application/json", "text/csv"])
def test_a_chunked_body_of_fewer_bytes_is_read_whole(browser, row, content_type):
    client, csrf_token = browser
    body = _write_body(row, content_type, 1_000)
    response = _post_chunked(client, body, content_type, **{"X-CSRFToken": csrf_token})
    assert response.status_code == 200
    n_rows = 1 if content_type == "application/json" else body.count(b"\n") - 1
    assert len(response.get_json()["predictions"]) == n_rows


@pytest.mark.parametrize("is_chunked", [True, False])
def test_lines_stream_in_a_session_beyond_the_limit_of_bodies(browser, row, is_chunked):
    client, csrf_token = browser
    body = _write_body(row, "application/x-ndjson", LIMIT + 1)
    if is_chunked:
        response = _post_chunked(client, body, "application/x-ndjson", **{"X-CSRFToken": csrf_token})
    else:
        headers = {"X-CSRFToken": csrf_token}
        response = client.post(PREDICT, data=body, content_type="application/x-ndjson", headers=headers)
    assert response.status_code == 200
    summary = json.loads(response.text.splitlines()[-1])["summary"]
    assert summary["predicted"] == summary["rows"] == body.count(b"\n")
    assert summary["complete"]


@pytest.mark.parametrize("content_type", ["application/json", "text/csv", "application/x-ndjson"])
def test_no_body_but_a_form_is_searched_for_the_token(browser, row, content_type, check_error):
    client, csrf_token = browser
    body = io.BytesIO(_write_body(row, content_type, LIMIT + 1))
    overrides = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    response = client.post(PREDICT, input_stream=body, content_type=content_type, environ_overrides=overrides)
    check_error(response, 400, "csrf_failed")
    assert body.tell() == 0
    # And a form that holds the token is no help to a program's route
    response = client.post(PREDICT, data={"csrf_token": csrf_token})
    check_error(response, 415, "unsupported_media_type")


# ----- without keys


OURS = [
    {},  # a program
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    {"Origin": "https://localhost"},  # behind a proxy that speaks TLS
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://shop.example.com"},  # named by the setting
]
FORGED = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
]


@pytest.fixture(params=["testing", "production by name"])
def open_client(request, model_folder):
    """A client of an API that asks for no keys."""
    options = {"artifact": model_folder, "cors_origins": ("https://shop.example.com",)}
    if request.param == "testing":
        return create_app(TestingSettings(**options)).test_client()
    secret = "0123456789abcdef" * 2
    return create_app(ProductionSettings(without_keys=True, secret_key=secret, **options)).test_client()


@pytest.mark.parametrize("headers", OURS)
def test_without_keys_programs_and_our_own_pages_may_post(open_client, artifact, row, headers):
    assert open_client.post(PREDICT, json=row, headers=headers).status_code == 200
    assert open_client.post("/", data={"model": artifact.digest}, headers=headers).status_code == 200


@pytest.mark.parametrize("headers", FORGED)
def test_without_keys_pages_of_other_sites_post_nothing(open_client, row, headers, check_error):
    for options in ({"json": row}, {"data": json.dumps(row), "content_type": "text/plain"}):
        check_error(open_client.post(PREDICT, headers=headers, **options), 400, "csrf_failed")
    check_error(open_client.post("/", data={"model": "x"}, headers=headers), 400, "csrf_failed")
    assert open_client.get("/", headers=headers).status_code == 200


def test_with_a_key_the_origin_does_not_matter(browser, row, token):
    client, _ = browser
    headers = {"Authorization": f"Bearer {token}", "Sec-Fetch-Site": "cross-site", "Origin": "https://shop.example.com"}
    assert client.post(PREDICT, json=row, headers=headers).status_code == 200


def test_our_pages_let_browsers_say_that_a_form_is_ours(client):
    # With no-referrer, a form's request has the origin "null", as any site can have it
    assert client.get("/").headers["Referrer-Policy"] == "same-origin"
