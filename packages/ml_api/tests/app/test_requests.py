from __future__ import annotations

import logging
import re

import pytest


@pytest.mark.parametrize("proposed", ["a", "order-4711", "A.b_c-1", "x" * 128])
def test_a_sane_request_id_is_kept_and_sent_back(client, proposed):
    assert client.get("/health", headers={"X-Request-ID": proposed}).headers["X-Request-ID"] == proposed


@pytest.mark.parametrize("proposed", ["", " ", "two words", "x" * 129, "a\tb", "<script>", "é", "a;b", "\u0661"])
def test_any_other_request_id_is_replaced(client, proposed):
    response = client.get("/health", headers={"X-Request-ID": proposed.encode().decode("latin-1")})
    assert re.fullmatch("[0-9a-f]{32}", response.headers["X-Request-ID"])


def test_each_request_without_an_id_gets_its_own(client):
    assert len({client.get("/health").headers["X-Request-ID"] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("path", "level", "status"),
    [("/health", logging.DEBUG, 200), ("/version", logging.INFO, 200), ("/nowhere", logging.INFO, 404)],
)
def test_each_request_has_its_line_in_the_log(client, caplog, path, level, status):
    caplog.set_level(logging.DEBUG)
    client.get(path, headers={"X-Request-ID": "the-id"})
    [record] = [record for record in caplog.records if record.message == "request"]
    assert record.levelno == level
    assert record.name == "ml_api.app.requests"
    assert record.fields.pop("duration_ms") >= 0
    assert record.fields == {"request_id": "the-id", "method": "GET", "path": path, "status": status}


def test_what_a_client_calls_its_parameters_is_not_logged(client, caplog):
    caplog.set_level(logging.DEBUG)
    response = client.post("/v1/predict?canary=1", json={})
    assert response.status_code == 422
    assert "canary" not in caplog.text
    assert "canary" not in str([record.__dict__ for record in caplog.records])
