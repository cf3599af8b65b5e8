from __future__ import annotations

import logging

import pytest
from flask import abort

from ml_api.app.errors import STATUSES
from ml_api.errors import ApiError, RequestError, SettingsError
from regression_model import InputDataError

PATH = "/v1/predict"


def test_400(client, check_error):
    check_error(client.post(PATH, data="{", content_type="application/json"), 400, "invalid_document")


def test_404(client, check_error):
    check_error(client.get("/nowhere"), 404, "not_found")


def test_405_names_the_methods_that_are_allowed(client, check_error):
    response = client.get(PATH)
    check_error(response, 405, "method_not_allowed")
    assert set(response.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_413_for_bytes(client, check_error):
    response = client.post(PATH, data=b" " * 200_001, content_type="application/json")
    assert check_error(response, 413, "content_too_large")["details"] == {"max_body_bytes": 200_000}


def test_413_for_far_too_many_bytes(client, check_error):
    response = client.post(PATH, data=b" " * 1_000_000, content_type="application/json")
    check_error(response, 413, "content_too_large")


def test_413_for_rows(client, check_error):
    response = client.post(PATH, json=[{}] * 51)
    assert check_error(response, 413, "too_many_rows")["details"] == {"rows": 51, "max_rows": 50}


def test_415(client, check_error):
    response = client.post(PATH, data="{}", content_type="text/plain")
    details = check_error(response, 415, "unsupported_media_type")["details"]
    assert details == {"allowed": ["application/json", "text/csv", "application/x-ndjson"]}


def test_422(client, check_error):
    check_error(client.post(PATH, json={}), 422, "no_valid_rows")


def test_503(empty_client, check_error):
    check_error(empty_client.get("/ready"), 503, "model_not_ready")


def test_500_tells_the_log_and_not_the_client(app, check_error, caplog):
    def fail() -> str:
        raise RuntimeError("canary")

    app.add_url_rule("/fail", view_func=fail)
    response = app.test_client().get("/fail", headers={"X-Request-ID": "the-id"})
    error = check_error(response, 500, "internal_error")
    assert error["details"] == {}
    assert "canary" not in response.text
    assert "RuntimeError" not in response.text
    [record] = [record for record in caplog.records if record.name == "ml_api.app.errors"]
    assert record.levelno == logging.ERROR
    assert record.fields == {"request_id": "the-id"}
    assert "canary" in caplog.text
    assert "in fail" in caplog.text


@pytest.mark.parametrize("status", [400, 401, 403, 406, 409, 410, 418, 429, 500, 501, 503])
def test_every_other_status_has_the_one_shape_too(app, check_error, status):
    app.add_url_rule("/abort", view_func=lambda: abort(status))
    codes = {400: "bad_request", 500: "internal_error"}
    check_error(app.test_client().get("/abort"), status, codes.get(status, "http_error"))


def test_input_that_the_model_package_refuses_is_400(app, check_error):
    def refuse() -> str:
        raise InputDataError("no rows in it")

    app.add_url_rule("/refuse", view_func=refuse)
    assert check_error(app.test_client().get("/refuse"), 400, "invalid_document")["message"] == "no rows in it"


def test_an_error_of_ours_that_is_not_the_clients_is_500(app, check_error):
    def fail() -> str:
        raise SettingsError("canary")

    app.add_url_rule("/fail", view_func=fail)
    response = app.test_client().get("/fail")
    check_error(response, 500, "internal_error")
    assert "canary" not in response.text


def test_each_error_of_a_request_has_a_status_of_its_own():
    def leaves(kind: type[ApiError]) -> set[type[ApiError]]:
        return {leaf for child in kind.__subclasses__() for leaf in leaves(child)} or {kind}

    assert leaves(RequestError) <= set(STATUSES)


def test_a_failing_prediction_leaves_its_input_in_the_log(app, row, check_error, caplog, monkeypatch):
    # Given a model package that breaks in the middle of a prediction
    def fail(**_: object) -> None:
        raise RuntimeError("canary")

    caplog.set_level(logging.INFO)
    monkeypatch.setattr("ml_api.services.prediction._find_model_package", lambda: (fail, ZeroDivisionError))
    # When a prediction is asked for
    response = app.test_client().post(PATH, json=row, headers={"X-Request-ID": "the-id"})
    # Then the answer tells nothing, and the log has the input
    check_error(response, 500, "internal_error")
    steps = [record for record in caplog.records if record.name == "ml_api.services.prediction"]
    assert [record.message for record in steps] == ["prediction input"]
    assert steps[0].fields["inputs"] == [row]
    assert steps[0].fields["request_id"] == "the-id"
