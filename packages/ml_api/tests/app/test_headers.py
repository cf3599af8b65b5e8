from __future__ import annotations

import pytest

from ml_api.app import create_app
from ml_api.app.headers import HEADERS
from ml_api.settings import DevelopmentSettings, ProductionSettings, TestingSettings

ORIGIN = "https://shop.example.com"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


def _make_client(model_folder, **settings):
    return create_app(TestingSettings(artifact=model_folder, **settings)).test_client()


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/health", 200), ("GET", "/nowhere", 404), ("DELETE", "/health", 405)]
)
def test_every_answer_has_the_headers(client, method, path, status):
    response = client.open(path, method=method)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert response.headers["Cache-Control"] == "no-store"


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(client):
    policy = client.get("/health").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy


def test_an_answer_to_a_failure_has_the_headers_too(app):
    def fail() -> str:
        raise RuntimeError

    app.add_url_rule("/health/fail", view_func=fail)
    response = app.test_client().get("/health/fail")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_only_production_binds_browsers_to_https(client, model_folder, tmp_path):
    assert "Strict-Transport-Security" not in client.get("/health").headers
    production = create_app(_production(model_folder)).test_client()
    assert production.get("/health").headers["Strict-Transport-Security"] == "max-age=31536000"


def _production(model_folder) -> ProductionSettings:
    return ProductionSettings(artifact=model_folder, without_keys=True, secret_key="0123456789abcdef" * 2)


def test_without_origins_no_page_of_others_reads_an_answer(client):
    response = client.get("/health", headers={"Origin": ORIGIN})
    assert response.status_code == 200
    assert not [name for name in response.headers.keys() if name.startswith("Access-Control-")]  # noqa: SIM118
    response = client.options("/v1/predict", headers={"Origin": ORIGIN, **PREFLIGHT})
    assert not [name for name in response.headers.keys() if name.startswith("Access-Control-")]  # noqa: SIM118


def test_a_page_of_an_allowed_origin_may_ask_and_read(model_folder):
    client = _make_client(model_folder, cors_origins=(ORIGIN,))
    response = client.options("/v1/predict", headers={"Origin": ORIGIN, **PREFLIGHT})
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    for answer in (client.get("/health", headers={"Origin": ORIGIN}), client.get("/no", headers={"Origin": ORIGIN})):
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["https://shop.example.com.evil.example", "http://shop.example.com", "null", "*", ORIGIN + ":8443", ""]
)
def test_other_origins_may_not(model_folder, origin):
    client = _make_client(model_folder, cors_origins=(ORIGIN,))
    for response in (
        client.get("/health", headers={"Origin": origin}),
        client.options("/v1/predict", headers={"Origin": origin, **PREFLIGHT}),
    ):
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "Access-Control-Allow-Methods" not in response.headers
        assert "Origin" in response.headers["Vary"]


def test_a_preflight_for_no_route_is_404(model_folder, check_error):
    client = _make_client(model_folder, cors_origins=(ORIGIN,))
    check_error(client.options("/nowhere", headers={"Origin": ORIGIN, **PREFLIGHT}), 404, "not_found")


@pytest.mark.parametrize("host", ["api.example.com", "api.example.com:8443", "x.internal"])
def test_an_allowed_host_is_served(model_folder, host):
    client = _make_client(model_folder, allowed_hosts=("api.example.com", ".internal"))
    assert client.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "api.example.com.evil.example", "evilapi.example.com", "api.example.com@evil.example", "a b"],
)
def test_any_other_host_is_refused(model_folder, check_error, host):
    client = _make_client(model_folder, allowed_hosts=("api.example.com",))
    check_error(client.get("/health", headers={"Host": host}), 400, "bad_request")


def test_without_allowed_hosts_any_host_is_served(model_folder):
    client = create_app(_production(model_folder)).test_client()
    assert client.get("/health", headers={"Host": "anything.example"}).status_code == 200


LOOPBACK = ["localhost", "localhost:8000", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:8000"]


@pytest.mark.parametrize("kind", [DevelopmentSettings, TestingSettings])
def test_where_only_this_machine_is_answered_no_name_but_its_own_is_served(model_folder, check_error, kind):
    # A page can have its name stand for 127.0.0.1, and could then read the answers
    client = create_app(kind(artifact=model_folder, host="127.0.0.2")).test_client()
    for host in [*LOOPBACK, "127.0.0.2:8000"]:
        assert client.get("/health", headers={"Host": host}).status_code == 200, host
    for host in ["rebound.example", "rebound.example:8000", "localhost.example", "[::2]:8000", "192.0.2.1", ":8000"]:
        check_error(client.get("/health", headers={"Host": host}), 400, "bad_request")


def test_allowed_hosts_go_before_those_of_this_machine(model_folder, check_error):
    client = _make_client(model_folder, allowed_hosts=("ml.internal",))
    assert client.get("/health", headers={"Host": "ml.internal:8000"}).status_code == 200
    check_error(client.get("/health", headers={"Host": "localhost"}), 400, "bad_request")


def test_whoever_is_let_in_without_a_key_by_name_may_use_any_host(model_folder):
    client = _make_client(model_folder, without_keys=True)
    assert client.get("/health", headers={"Host": "anything.example"}).status_code == 200
