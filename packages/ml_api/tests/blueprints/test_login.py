"""Sessions of browsers: how they begin and end, and what their cookie can't be made to do."""

from __future__ import annotations

import re

import pytest

from ml_api.app import create_app
from ml_api.blueprints import sessions
from ml_api.blueprints.login import find_path
from ml_api.services.keys import create_key, revoke_key, rotate_key
from ml_api.services.keys_file import change_keys
from ml_api.settings import ProductionSettings, TestingSettings

PREDICT = "/v1/predict"
PAGE = {"Accept": "text/html,*/*;q=0.8"}
SECRET = "0123456789abcdef" * 2
COOKIE = "ml_api_session"


@pytest.fixture
def keys_file(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def token(keys_file):
    def change(keys):
        changed, _, token = create_key(keys, "shop", ["predict"])
        return changed, token

    return change_keys(keys_file, change)


@pytest.fixture
def guarded(model_folder, keys_file, token):
    app = create_app(TestingSettings(artifact=model_folder, keys_file=keys_file, secret_key=SECRET))
    app.extensions["ml_api"].guard._store._watch.interval_s = 0
    return app


@pytest.fixture
def browser(guarded):
    return guarded.test_client()


def _find_csrf_token(response):
    return re.search(r'name="csrf_token" value="([^"]+)"', response.text)[1]


def _log_in(client, token, **fields):
    form = {"csrf_token": _find_csrf_token(client.get("/login")), "key": token, **fields}
    return client.post("/login", data=form, headers=PAGE)


def _post(client, row, csrf_token=None):
    headers = {} if csrf_token is None else {"X-CSRFToken": csrf_token}
    return client.post(PREDICT, json=row, headers=headers)


def _session_csrf(client):
    return _find_csrf_token(client.get("/login"))  # which shows the button to log out


def test_a_session_is_as_good_as_its_key(browser, token, row):
    response = _log_in(browser, token, next="/?a=1")
    assert response.status_code == 303
    assert response.headers["Location"] == "/?a=1"
    assert _post(browser, row, _session_csrf(browser)).status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser, token):
    cookie = _log_in(browser, token).headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert token not in cookie


def test_in_production_the_cookie_is_for_https_and_for_this_host_alone(model_folder, keys_file, token):
    client = create_app(ProductionSettings(artifact=model_folder, keys_file=keys_file, secret_key=SECRET)).test_client()
    page = client.get("/login", base_url="https://localhost")
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-ml_api_session=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    form = {"csrf_token": _find_csrf_token(page), "key": token}
    response = client.post("/login", data=form, base_url="https://localhost", headers=PAGE)
    assert response.status_code == 303
    assert client.post("/login", data=form, base_url="http://localhost").status_code == 400  # not sent over HTTP


def test_a_wrong_key_shows_the_form_again_and_never_the_key(browser, token):
    response = _log_in(browser, f"{token}x")
    assert response.status_code == 401
    assert response.mimetype == "text/html"
    assert "The key is not valid" in response.text
    assert token not in response.text
    assert browser.get("/", headers=PAGE).status_code == 401


def test_a_program_gets_the_error_in_the_one_shape(browser, check_error):
    form = {"csrf_token": _find_csrf_token(browser.get("/login")), "key": "wrong"}
    check_error(browser.post("/login", data=form), 401, "unauthorized")


def test_wrong_keys_in_the_form_count_like_those_in_headers(browser, token):
    statuses = [_log_in(browser, "wrong").status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    response = _log_in(browser, "wrong")
    assert int(response.headers["Retry-After"]) >= 1
    response = browser.post(PREDICT, json={}, headers={"Authorization": "Bearer wrong"})
    assert response.status_code == 429
    assert _log_in(browser, token).status_code == 303


def test_sessions_with_a_good_key_are_counted_by_address(model_folder, keys_file, token):
    settings = TestingSettings(artifact=model_folder, keys_file=keys_file, secret_key=SECRET, rate_limit="2 per minute")
    app = create_app(settings)

    def log_in(key, address="192.0.2.1"):
        client = app.test_client()
        form = {"csrf_token": _find_csrf_token(client.get("/login")), "key": key}
        return client.post("/login", data=form, headers=PAGE, environ_overrides={"REMOTE_ADDR": address})

    assert [log_in("wrong").status_code for _ in range(3)] == [401] * 3
    answers = [log_in(token) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    assert "Set-Cookie" not in answers[2].headers or token not in answers[2].headers["Set-Cookie"]
    assert log_in(token, "192.0.2.2").status_code == 303


def test_text_in_the_form_is_inert(browser):
    response = browser.get("/login", query_string={"next": '/"><script>alert(1)</script>'})
    assert "<script>alert" not in response.text


@pytest.mark.parametrize(
    "text",
    ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/\t/evil.example", "/\n", "/a\\b", "/é"],
)
def test_nobody_is_sent_to_another_site(browser, token, text):
    assert find_path(text) == "/"
    assert _log_in(browser, token, next=text).headers["Location"] == "/"


# ----- the end of a session


def test_logging_out_ends_it(browser, token, row, check_error):
    _log_in(browser, token)
    csrf_token = _session_csrf(browser)
    response = browser.post("/logout", data={"csrf_token": csrf_token})
    assert (response.status_code, response.headers["Location"]) == (303, "/login")
    check_error(_post(browser, row, csrf_token), 401, "unauthorized")


def test_logging_out_ends_all_copies_of_the_cookie_in_all_workers(
    guarded, model_folder, keys_file, token, row, check_error
):
    browser = guarded.test_client()
    # Given a session whose cookie somebody has copied, and another session with the same key
    _log_in(browser, token)
    csrf_token, copied = _session_csrf(browser), _take_cookie(browser)
    other = guarded.test_client()
    _log_in(other, token)
    settings = TestingSettings(artifact=model_folder, keys_file=keys_file, secret_key=SECRET)
    workers = [guarded, create_app(settings)]
    for worker in workers:
        worker.extensions["ml_api"].guard._ended._watch.interval_s = 0
    thieves = [worker.test_client() for worker in workers]
    for thief in thieves:
        thief.set_cookie(COOKIE, copied)
        assert _post(thief, row, csrf_token).status_code == 200
        thief.set_cookie(COOKIE, copied)
    # When its owner logs out, then the copy is of no use anywhere, and the other session goes on
    assert browser.post("/logout", data={"csrf_token": csrf_token}).status_code == 303
    for thief in thieves:
        check_error(_post(thief, row, csrf_token), 401, "unauthorized")
    assert _post(other, row, _session_csrf(other)).status_code == 200


def test_revoking_the_key_ends_it(browser, keys_file, token, row, check_error):
    _log_in(browser, token)
    csrf_token = _session_csrf(browser)
    change_keys(keys_file, lambda keys: (revoke_key(keys, "shop"), None))
    response = _post(browser, row, csrf_token)
    check_error(response, 401, "unauthorized")
    assert f"{COOKIE}=;" in response.headers["Set-Cookie"]


def test_another_secret_in_its_slot_ends_it(browser, keys_file, token, row, check_error):
    _log_in(browser, token)
    csrf_token = _session_csrf(browser)
    change_keys(keys_file, lambda keys: (rotate_key(keys, "shop", "secondary")[0], None))
    assert _post(browser, row, csrf_token).status_code == 200
    change_keys(keys_file, lambda keys: (rotate_key(keys, "shop", "primary")[0], None))
    check_error(_post(browser, row, csrf_token), 401, "unauthorized")


def test_its_time_ends_it_also_if_it_was_used(browser, token, row, monkeypatch, check_error):
    _log_in(browser, token)
    csrf_token = _session_csrf(browser)
    monkeypatch.setattr(sessions, "LIFETIME_S", 0)
    check_error(_post(browser, row, csrf_token), 401, "unauthorized")


# ----- cookies that somebody has worked on


def _take_cookie(client):
    return client.get_cookie(COOKIE).value


def _spoil_middle(value):
    payload, time, signature = value.rsplit(".", 2)
    middle = len(payload) // 2
    changed = payload[:middle] + ("A" if payload[middle] != "A" else "B") + payload[middle + 1 :]
    return f"{changed}.{time}.{signature}"


@pytest.mark.parametrize(
    "spoil",
    [
        _spoil_middle,
        lambda value: value[:-2],
        lambda value: value.rsplit(".", 1)[0],
        lambda value: value.rsplit(".", 1)[0] + ".",
        lambda value: "x",
        lambda value: "." + value,
        lambda value: value * 8,
    ],
)
def test_a_tampered_cookie_is_no_cookie(browser, token, row, spoil, check_error):
    _log_in(browser, token)
    csrf_token = _session_csrf(browser)
    browser.set_cookie(COOKIE, spoil(_take_cookie(browser)))
    check_error(_post(browser, row, csrf_token), 401, "unauthorized")


@pytest.mark.parametrize("fact", ["id", "key_id", "slot", "mark", "scopes", "since_s"])
def test_a_cookie_that_an_older_version_has_signed_is_no_session(browser, token, row, fact, check_error):
    _log_in(browser, token)
    csrf_token = _session_csrf(browser)
    with browser.session_transaction() as session:
        session["login"] = {name: value for name, value in session["login"].items() if name != fact}
    check_error(_post(browser, row, csrf_token), 401, "unauthorized")
    assert browser.post("/logout", headers={"X-CSRFToken": csrf_token}).status_code == 401
    assert _log_in(browser, token).status_code == 303
    assert _post(browser, row, _session_csrf(browser)).status_code == 200


def test_a_cookie_signed_with_another_secret_is_no_cookie(guarded, model_folder, keys_file, token, row, check_error):
    other = create_app(TestingSettings(artifact=model_folder, keys_file=keys_file, secret_key=SECRET[::-1]))
    forger = other.test_client()
    _log_in(forger, token)
    browser = guarded.test_client()
    browser.set_cookie(COOKIE, _take_cookie(forger))
    check_error(_post(browser, row, "x"), 401, "unauthorized")


def test_a_cookie_from_before_logging_in_is_not_kept(browser, token):
    browser.get("/login")
    with browser.session_transaction() as session:
        session["planted"] = 1
        before = session["csrf_token"]
    _log_in(browser, token)
    with browser.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before


def test_a_wrong_key_in_a_header_is_not_helped_by_a_session(browser, token, row, check_error):
    _log_in(browser, token)
    headers = {"X-CSRFToken": _session_csrf(browser), "Authorization": "Bearer wrong"}
    check_error(browser.post(PREDICT, json=row, headers=headers), 401, "unauthorized")


# ----- requests that another site makes the browser send


@pytest.mark.parametrize("csrf_token", [None, "", "x", "IjEi.x.y"])
def test_a_session_without_its_token_changes_nothing(browser, token, row, csrf_token, check_error):
    _log_in(browser, token)
    check_error(_post(browser, row, csrf_token), 400, "csrf_failed")
    check_error(browser.post("/logout", data={"csrf_token": csrf_token or ""}), 400, "csrf_failed")
    assert _post(browser, row, _session_csrf(browser)).status_code == 200  # still logged in


def test_the_token_of_another_session_does_not_do(guarded, browser, token, row, check_error):
    other = guarded.test_client()
    _log_in(other, token)
    _log_in(browser, token)
    check_error(_post(browser, row, _session_csrf(other)), 400, "csrf_failed")


def test_nobody_is_logged_in_by_another_site(browser, token, check_error):
    check_error(browser.post("/login", data={"key": token}, headers=PAGE), 400, "csrf_failed")


def test_a_request_with_a_key_needs_no_token(browser, token, row):
    _log_in(browser, token)
    response = browser.post(PREDICT, json=row, headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 200


def test_where_no_keys_are_needed_there_is_nothing_to_log_in_to(client):
    assert "asks for no keys" in client.get("/login").text
    assert client.post("/login", data={"next": "/"}).status_code == 303
    assert client.post("/logout").status_code == 303
