"""Who gets in: with keys in headers, and without."""

from __future__ import annotations

import re

import pytest
from flask import jsonify, request

from ml_api.app import create_app
from ml_api.blueprints.access import PUBLIC, SCOPES, is_public
from ml_api.blueprints.context import get_caller
from ml_api.errors import SettingsError
from ml_api.services.keys import create_key, revoke_key, rotate_key
from ml_api.services.keys_file import change_keys
from ml_api.settings import DevelopmentSettings, ProductionSettings, TestingSettings

PREDICT = "/v1/predict"


@pytest.fixture
def keys_file(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def make_key(keys_file):
    def make(name, *scopes):
        def change(keys):
            changed, _, token = create_key(keys, name, scopes)
            return changed, token

        return change_keys(keys_file, change)

    return make


@pytest.fixture
def token(make_key):
    return make_key("shop", "predict")


@pytest.fixture
def guarded(model_folder, keys_file, token):
    """An application that asks for keys, and looks at the file on each request."""
    app = create_app(TestingSettings(artifact=model_folder, keys_file=keys_file))
    app.add_url_rule("/caller", view_func=_tell_caller)
    _look_always(app)
    return app


def _look_always(app):
    app.extensions["ml_api"].guard._store._watch.interval_s = 0


def _tell_caller():
    caller = get_caller()
    return jsonify(key_id=caller.key_id, scopes=sorted(caller.scopes), via=caller.via)


def _bearer(token):
    return {"Authorization": f"Bearer {token}"}


def _fill(rule):
    return re.sub(r"<[^>]*>", "x", rule.rule)


def test_every_route_that_is_not_public_answers_401_without_a_key(guarded, check_error):
    client, closed = guarded.test_client(), []
    for rule in guarded.url_map.iter_rules():
        for method in sorted(rule.methods - {"OPTIONS"}):
            response = client.open(_fill(rule), method=method)
            if is_public(rule.rule, public_metrics=False):
                assert response.status_code not in (401, 403), (method, rule)
                continue
            closed.append((method, rule.rule))
            assert response.status_code == 401, (method, rule)
            assert response.headers["WWW-Authenticate"] == "Bearer"
            if method != "HEAD":
                check_error(response, 401, "unauthorized")
    assert ("POST", PREDICT) in closed
    assert ("POST", "/logout") in closed


def test_public_are_those_that_were_meant(guarded):
    public = {rule.rule for rule in guarded.url_map.iter_rules() if is_public(rule.rule, public_metrics=False)}
    meant = {"/health", "/ready", "/version", "/login", "/openapi.json", "/docs"}
    assert {rule for rule in public if not rule.startswith("/static/")} == meant
    assert meant == PUBLIC


def test_every_route_says_whom_it_is_for(model_folder):
    app = create_app(TestingSettings(artifact=model_folder))
    rules = {rule.rule for rule in app.url_map.iter_rules() if not is_public(rule.rule, public_metrics=False)}
    assert rules <= set(SCOPES), "name the scope of each route in ml_api.blueprints.access"


def test_a_route_that_nobody_thought_of_needs_admin(guarded, token, make_key, check_error):
    check_error(guarded.test_client().get("/caller"), 401, "unauthorized")
    error = check_error(guarded.test_client().get("/caller", headers=_bearer(token)), 403, "forbidden")
    assert error["details"] == {"scope": "admin"}
    admin = make_key("office", "admin")
    answer = guarded.test_client().get("/caller", headers=_bearer(admin)).get_json()
    assert answer == {"key_id": admin.split("_")[1], "scopes": ["admin"], "via": "key"}


def test_a_key_with_the_scope_gets_in(guarded, token, row):
    response = guarded.test_client().post(PREDICT, json=row, headers=_bearer(token))
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers


def test_the_name_of_the_scheme_can_be_written_in_any_case(guarded, token, row):
    response = guarded.test_client().post(PREDICT, json=row, headers={"Authorization": f"bEARER  {token}"})
    assert response.status_code == 200


def test_a_key_without_the_scope_is_403(guarded, make_key, row, check_error):
    response = guarded.test_client().post(PREDICT, json=row, headers=_bearer(make_key("trainer", "train", "admin")))
    assert check_error(response, 403, "forbidden")["details"] == {"scope": "predict"}
    assert "WWW-Authenticate" not in response.headers


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: "Bearer",
        lambda token: "Bearer ",
        lambda token: token,
        lambda token: f"Basic {token}",
        lambda token: f"Bearer {token[:-1]}",
        lambda token: f"Bearer {token}A",
        lambda token: f"Bearer {token[:-1]}{'A' if token[-1] != 'A' else 'B'}",
        lambda token: f"Bearer {token}, Bearer {token}",
        lambda token: f"Bearer {token} {token}",
        lambda token: f"Bearer rm_000000000000_{token.split('_', 2)[2]}",
        lambda token: f"Bearer\t{token}",
        lambda token: "Bearer " + "x" * 5000,
        lambda token: "Bearer \xff\xfe",
        lambda token: "Bearer ../../etc/passwd",
    ],
)
def test_what_is_no_live_key_is_401_and_never_repeated(guarded, token, row, spoil, check_error, caplog):
    header = spoil(token)
    response = guarded.test_client().post(PREDICT, json=row, headers={"Authorization": header})
    check_error(response, 401, "unauthorized")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    secret = token.split("_", 2)[2][:20]
    assert secret not in response.text
    assert secret not in caplog.text


def test_the_secret_of_one_key_with_the_id_of_a_mightier_one_is_401(guarded, token, make_key, check_error):
    admin = make_key("office", "admin")
    mixed = f"rm_{admin.split('_')[1]}_{token.split('_', 2)[2]}"
    check_error(guarded.test_client().get("/caller", headers=_bearer(mixed)), 401, "unauthorized")


def test_headers_can_not_be_injected(guarded, token):
    with pytest.raises(ValueError, match="newline|invalid"):
        guarded.test_client().get(PREDICT, headers={"Authorization": f"Bearer {token}\r\nX-Evil: 1"})
    environ = {"HTTP_AUTHORIZATION": f"Bearer {token}\r\nX-Evil: 1", "HTTP_X_REQUEST_ID": "a\r\nSet-Cookie: x=1"}
    response = guarded.test_client().post(PREDICT, json={}, environ_overrides=environ)
    assert response.status_code == 401
    assert "X-Evil" not in response.headers
    assert "\n" not in response.headers["X-Request-ID"]
    assert "Set-Cookie" not in response.headers


def test_a_key_in_the_query_or_in_the_body_is_no_key(guarded, token, check_error):
    response = guarded.test_client().post(f"{PREDICT}?key={token}&token={token}&access_token={token}", json={})
    check_error(response, 401, "unauthorized")


def test_a_revoked_key_is_out_and_a_rotated_one_goes_on(guarded, keys_file, token, row, check_error):
    client = guarded.test_client()

    def rotate(keys):
        changed, _, new = rotate_key(keys, "shop")
        return changed, new

    new = change_keys(keys_file, rotate)
    assert [client.post(PREDICT, json=row, headers=_bearer(each)).status_code for each in (token, new)] == [200, 200]
    change_keys(keys_file, lambda keys: (revoke_key(keys, "shop", "primary"), None))
    check_error(client.post(PREDICT, json=row, headers=_bearer(token)), 401, "unauthorized")
    assert client.post(PREDICT, json=row, headers=_bearer(new)).status_code == 200


def test_wrong_keys_are_429_in_the_end(guarded, token, row, check_error):
    client = guarded.test_client()
    statuses = [client.post(PREDICT, json=row, headers=_bearer("x")).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    response = client.post(PREDICT, json=row, headers=_bearer("x"))
    error = check_error(response, 429, "too_many_requests")
    assert response.headers["Retry-After"] == str(error["details"]["retry_after_s"])
    assert client.post(PREDICT, json=row, headers=_bearer(token)).status_code == 200


def test_public_routes_do_not_look_at_keys(guarded):
    assert guarded.test_client().get("/health", headers=_bearer("wrong")).status_code == 200


def test_unknown_paths_and_methods_stay_what_they_are(guarded, check_error):
    check_error(guarded.test_client().get("/nowhere"), 404, "not_found")
    check_error(guarded.test_client().delete(PREDICT), 405, "method_not_allowed")


@pytest.mark.parametrize(
    "path", ["//v1/predict", "/V1/predict", "/v1/predict/", "/static/../v1/predict", "/v1/predict;x"]
)
def test_no_spelling_of_a_path_gets_around_the_key(guarded, path, row):
    assert guarded.test_client().post(path, json=row).status_code in (308, 401, 404, 405)


def test_a_method_can_not_be_overridden(guarded):
    response = guarded.test_client().options(PREDICT, headers={"X-HTTP-Method-Override": "POST"})
    assert response.status_code == 200
    assert response.text == ""


def test_a_browser_that_goes_to_a_page_is_shown_the_form_for_the_key(guarded):
    response = guarded.test_client().get("/?a=1", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert response.status_code == 401
    assert response.mimetype == "text/html"
    assert 'name="next" value="/?a=1"' in response.text


# ----- without keys


def test_testing_is_open_to_its_own_machine(client, row):
    assert client.post(PREDICT, json=row).status_code == 200


@pytest.mark.parametrize("kind", [DevelopmentSettings, TestingSettings])
def test_all_but_production_answer_their_own_machine_alone(model_folder, row, kind, check_error):
    client = create_app(kind(artifact=model_folder)).test_client()
    assert client.post(PREDICT, json=row).status_code == 200
    response = client.post(PREDICT, json=row, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    check_error(response, 403, "forbidden")


def test_a_header_does_not_make_a_client_local(model_folder, check_error):
    client = create_app(DevelopmentSettings(artifact=model_folder)).test_client()
    headers = {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"}
    response = client.get("/version", headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    check_error(response, 403, "forbidden")


def test_production_without_keys_by_name_is_open(model_folder, row):
    settings = ProductionSettings(artifact=model_folder, without_keys=True, secret_key="0123456789abcdef" * 2)
    client = create_app(settings).test_client()
    assert client.post(PREDICT, json=row, environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).status_code == 200


def test_production_with_neither_does_not_start():
    with pytest.raises(SettingsError, match="The API does not start"):
        create_app(ProductionSettings())


# ----- proxies


@pytest.mark.parametrize(
    ("n_proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "10.0.0.1, 198.51.100.1, 203.0.113.9", "198.51.100.1"),
    ],
)
def test_proxies_are_believed_as_far_as_they_are_trusted(tmp_path, n_proxies, forwarded, expected):
    app = create_app(TestingSettings(artifact=tmp_path, trusted_proxies=n_proxies, without_keys=True))
    app.add_url_rule("/seen", view_func=lambda: [request.remote_addr, request.host])
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Host": "evil.example"}
    response = app.test_client().get("/seen", headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert response.get_json() == [expected, "localhost"]


def test_metrics_are_public_by_setting(model_folder, keys_file, token, make_key, check_error):
    admin = make_key("prometheus", "admin")
    client = create_app(TestingSettings(artifact=model_folder, keys_file=keys_file)).test_client()
    check_error(client.get("/metrics"), 401, "unauthorized")
    check_error(client.get("/metrics", headers=_bearer(token)), 403, "forbidden")
    assert client.get("/metrics", headers=_bearer(admin)).status_code == 200
    public = TestingSettings(artifact=model_folder, keys_file=keys_file, public_metrics=True)
    client = create_app(public).test_client()
    assert client.get("/metrics").status_code == 200
    check_error(client.post(PREDICT, json={}), 401, "unauthorized")
