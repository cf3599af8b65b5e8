"""The page of the insights. In a real browser: `tests/pages/test_insights_page.py`."""

from __future__ import annotations

import re

import pytest

from ml_api.app import create_app
from ml_api.blueprints.context import EXTENSION
from ml_api.services.keys import create_key
from ml_api.services.keys_file import change_keys
from ml_api.settings import TestingSettings

PAGE = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture
def logging_client(model_folder, tmp_path):
    """A client of an application that keeps predictions, and has kept none yet."""
    return create_app(TestingSettings(artifact=model_folder, prediction_log=tmp_path / "log")).test_client()


def test_what_was_predicted_is_on_the_page(logging_client, row):
    rows = [row, {**row, "LotArea": "wide"}]
    answer = logging_client.post("/v1/predict", json=rows).get_json()
    outcome = {"prediction_id": answer["prediction_id"], "outcome": answer["predictions"][0] + 1234}
    assert logging_client.post("/v1/feedback", json=outcome).status_code == 202
    logging_client.application.extensions[EXTENSION].prediction_log.close()
    response = logging_client.get("/insights")
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert response.headers["Cache-Control"] == "no-store"
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))
    for told in ("Requests 1 2 rows", "Refused rows 50.0% 1 rows", "not a number", "LotArea 1", "It takes 100 rows"):
        assert told in text
    assert re.search(r"Mean absolute error 1234 [\d,]+ 1 ", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", response.text)


def test_an_empty_log_says_so(logging_client):
    page = logging_client.get("/insights?days=1").text
    assert "Nothing was predicted in the last 24 hours" in page
    assert 'href="/insights?days=1" aria-current="page"' in page


@pytest.mark.parametrize("days", ["0", "8", "-1", "", "7.0", "../../etc", "<script>", "all "])
def test_another_period_is_refused(logging_client, check_error, days):
    error = check_error(logging_client.get("/insights", query_string={"days": days}), 422, "invalid_parameter")
    assert error["details"] == {"allowed": ["1", "7", "30", "all"]}


def test_without_a_prediction_log_it_is_503(client, check_error):
    error = check_error(client.get("/insights"), 503, "insights_unavailable")
    assert "ML_API_PREDICTION_LOG is unset" in error["message"]
    response = client.get("/insights", headers=PAGE)
    assert (response.status_code, response.mimetype) == (503, "text/html")
    assert "ML_API_PREDICTION_LOG is unset" in response.text


def test_without_the_extra_it_is_503(logging_client, check_error, tmp_path, monkeypatch):
    (tmp_path / "duckdb.py").write_text("raise ModuleNotFoundError('duckdb', name='duckdb')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    error = check_error(logging_client.get("/insights"), 503, "insights_unavailable")
    assert error["message"] == "Insights need an optional dependency: pip install 'ml-api[insights]'"


def test_without_a_model_it_is_503(empty_client, check_error):
    check_error(empty_client.get("/insights"), 503, "model_not_ready")


def test_without_pages_there_is_none(model_folder, check_error):
    client = create_app(TestingSettings(artifact=model_folder, pages=False)).test_client()
    check_error(client.get("/insights"), 404, "not_found")


@pytest.mark.parametrize(("scope", "status"), [("predict", 403), ("admin", 503)])
def test_it_is_for_admins_and_only_they_see_the_link(model_folder, tmp_path, scope, status):
    def change(keys):
        changed, _, token = create_key(keys, "someone", [scope])
        return changed, token

    keys_file = tmp_path / "keys.json"
    token = change_keys(keys_file, change)
    client = create_app(TestingSettings(artifact=model_folder, keys_file=keys_file)).test_client()
    assert client.get("/insights").status_code == 401
    form = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)[1], "key": token}
    assert client.post("/login", data=form, headers=PAGE).status_code == 303
    assert client.get("/insights").status_code == status
    assert ('href="/insights"' in client.get("/login").text) == (scope == "admin")
