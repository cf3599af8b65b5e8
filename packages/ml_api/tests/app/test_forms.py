"""Forms are small, and refused before they cost anything."""

from __future__ import annotations

import io
import time

import pytest
from flask import request

from ml_api.app import create_app
from ml_api.app.forms import PAGE_BYTES, SIGN_IN_BYTES
from ml_api.services.keys import create_key
from ml_api.services.keys_file import change_keys
from ml_api.settings import TestingSettings

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def form_client(app):
    app.add_url_rule("/form", view_func=lambda: str(len(request.form)), methods=["POST"])
    return app.test_client()


@pytest.fixture
def guarded_client(model_folder, tmp_path):
    change_keys(tmp_path / "keys.json", lambda keys: (create_key(keys, "shop", ["predict"])[0], None))
    return create_app(TestingSettings(artifact=model_folder, keys_file=tmp_path / "keys.json")).test_client()


def _post(client, path, body, *, is_chunked):
    """Post a form with its length or, as gunicorn passes a chunked body on, without."""
    if not is_chunked:
        return client.post(path, data=body, content_type=FORM)
    overrides = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    return client.post(path, input_stream=io.BytesIO(body), content_type=FORM, environ_overrides=overrides)


@pytest.mark.parametrize("is_chunked", [False, True])
def test_the_bytes_of_a_form_are_limited(form_client, check_error, is_chunked):
    fits = b"x=".ljust(PAGE_BYTES, b"x")
    assert _post(form_client, "/form", fits, is_chunked=is_chunked).text == "1"
    for body in (fits + b"x", fits * 20):
        check_error(_post(form_client, "/form", body, is_chunked=is_chunked), 413, "content_too_large")


@pytest.mark.parametrize("is_chunked", [False, True])
def test_the_fields_of_a_form_are_limited(form_client, check_error, is_chunked):
    fits = b"&".join(b"x%d=" % number for number in range(2_000))
    assert _post(form_client, "/form", fits, is_chunked=is_chunked).text == "2000"
    error = check_error(_post(form_client, "/form", fits + b"&x=", is_chunked=is_chunked), 413, "content_too_large")
    assert error["details"] == {"max_form_parts": 2_000}


@pytest.mark.parametrize("path", ["/login", "/logout"])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_who_has_no_key_yet_may_send_little(guarded_client, app, check_error, path, is_chunked):
    client = guarded_client if path == "/login" else app.test_client()
    if path == "/logout":  # where it is reached without a key, and read by nobody but us
        app.before_request(lambda: str(len(request.form)) if request.path == path else None)
    fits = b"x=".ljust(SIGN_IN_BYTES, b"x")
    assert _post(client, path, fits, is_chunked=is_chunked).status_code in (200, 400)
    check_error(_post(client, path, fits + b"x", is_chunked=is_chunked), 413, "content_too_large")


def test_the_limit_of_bodies_goes_before_that_of_forms(model_folder, check_error):
    app = create_app(TestingSettings(artifact=model_folder, max_body_bytes=1_000))
    app.add_url_rule("/form", view_func=lambda: str(len(request.form)), methods=["POST"])
    check_error(_post(app.test_client(), "/form", b"x" * 1_001, is_chunked=True), 413, "content_too_large")


def test_what_is_no_form_is_not_read_as_one(form_client):
    body = io.BytesIO(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n')
    response = form_client.post("/form", input_stream=body, content_type="multipart/form-data; boundary=x")
    assert response.text == "0"
    assert body.tell() == 0


@pytest.mark.parametrize("body", [b"a=\xff&b=1", b"a=%ff&b=1"])
def test_what_is_no_utf8_in_a_form_is_replaced(app, body):
    app.add_url_rule("/form", view_func=lambda: dict(request.form), methods=["POST"])
    assert _post(app.test_client(), "/form", body, is_chunked=False).get_json() == {
        "a": "\N{REPLACEMENT CHARACTER}",
        "b": "1",
    }


def test_no_form_takes_long_to_take_apart(form_client):
    for unit in (b"%ff", b"%41", b"%e2%82%ac", b"+"):
        body = b"a=" + unit * ((PAGE_BYTES - 2) // len(unit))
        started = time.process_time()
        assert _post(form_client, "/form", body, is_chunked=False).text == "1"
        assert time.process_time() - started < 0.3, unit  # some 10 ms; 0.6 s as Werkzeug does it
