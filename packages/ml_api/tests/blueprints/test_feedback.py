from __future__ import annotations

import json
import time

import pytest

from ml_api.app import create_app
from ml_api.blueprints.context import EXTENSION
from ml_api.settings import TestingSettings

PATH = "/v1/feedback"


@pytest.fixture
def kept_app(model_folder, tmp_path):
    app = create_app(TestingSettings(artifact=model_folder, prediction_log=tmp_path / "kept"))
    yield app
    app.extensions[EXTENSION].prediction_log.close()


def read(app, tmp_path, kind: str) -> list:
    app.extensions[EXTENSION].prediction_log.close()
    texts = [file.read_text(encoding="ascii") for file in (tmp_path / "kept").glob(f"{kind}-*")]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def test_a_prediction_and_its_outcome_are_kept(kept_app, row, tmp_path, artifact):
    client = kept_app.test_client()
    answer = client.post("/v1/predict", json=[row, {}], headers={"X-Request-ID": "asked"}).get_json()
    body = {"prediction_id": answer["prediction_id"], "outcome": 200_000}
    response = client.post(PATH, json=body, headers={"X-Request-ID": "told"})
    assert response.status_code == 202
    assert response.get_json() == {"accepted": 1, "request_id": "told"}
    [kept] = read(kept_app, tmp_path, "predictions")
    assert kept["prediction_id"] == answer["prediction_id"]
    assert kept["request_id"] == "asked"
    assert kept["model_version"] == artifact.version
    assert kept["artifact_digest"] == artifact.digest
    assert kept["rows"] == [row, {}]
    assert kept["predictions"] == answer["predictions"]
    assert list(kept["errors"]) == ["1"]
    assert kept["latency_ms"] > 0
    assert kept["status"] == 200
    [outcome] = read(kept_app, tmp_path, "feedback")
    assert (outcome["prediction_id"], outcome["row"], outcome["outcome"]) == (answer["prediction_id"], 0, 200_000)
    assert outcome["request_id"] == "told"


def test_a_request_without_one_valid_row_is_kept_too(kept_app, tmp_path):
    assert kept_app.test_client().post("/v1/predict", json={}).status_code == 422
    [kept] = read(kept_app, tmp_path, "predictions")
    assert (kept["status"], kept["predictions"]) == (422, [None])


def test_a_stream_is_kept_chunk_by_chunk(kept_app, row, tmp_path):
    n_rows = 700
    body = f"{json.dumps(row)}\n" * n_rows
    response = kept_app.test_client().post("/v1/predict", data=body, content_type="application/x-ndjson")
    assert len(response.data.splitlines()) == n_rows + 1
    kept = read(kept_app, tmp_path, "predictions")
    assert len(kept) > 1
    assert len({record["prediction_id"] for record in kept}) == 1
    covered = [record["first_row"] + index for record in kept for index in range(len(record["rows"]))]
    assert covered == list(range(n_rows))


def test_an_unknown_prediction_is_taken(kept_app):
    body = [{"prediction_id": "0" * 32, "outcome": 1, "row": 3}]
    assert kept_app.test_client().post(PATH, json=body).status_code == 202


def test_where_predictions_are_not_kept_outcomes_are_not_either(client, check_error):
    body = {"prediction_id": "0" * 32, "outcome": 1}
    check_error(client.post(PATH, json=body), 503, "prediction_log_off")


def test_what_cannot_be_kept_is_not_said_to_be(kept_app, check_error):
    kept_app.extensions[EXTENSION].prediction_log.close()
    body = {"prediction_id": "0" * 32, "outcome": 1}
    check_error(kept_app.test_client().post(PATH, json=body), 503, "prediction_log_busy")


def test_while_nothing_can_be_written_outcomes_are_not_said_to_be_kept(kept_app, tmp_path, check_error):
    client, log = kept_app.test_client(), kept_app.extensions[EXTENSION].prediction_log
    body = {"prediction_id": "0" * 32, "outcome": 1}

    def wait_for(n_written: int, n_failed: int) -> None:
        deadline_s = time.monotonic() + 10
        while (log.counts.written, log.counts.failed) != (n_written, n_failed):
            assert time.monotonic() < deadline_s, log.counts
            time.sleep(0.005)

    # Given a folder that was replaced by a file, which some request has found out
    (tmp_path / "kept").rename(tmp_path / "away")
    (tmp_path / "kept").touch()
    client.post("/v1/predict", json={})
    wait_for(0, 1)
    check_error(client.post(PATH, json=body), 503, "prediction_log_busy")
    wait_for(0, 2)
    # When there is a folder again, then an attempt shows it
    (tmp_path / "kept").unlink()
    (tmp_path / "kept").mkdir()
    client.post(PATH, json=body)
    wait_for(1, 2)
    assert client.post(PATH, json=body).status_code == 202


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        ("{", "application/json", 400, "invalid_document"),
        ("{}", "text/plain", 415, "unsupported_media_type"),
        ("{}", "application/json", 422, "invalid_feedback"),
        (f'{{"prediction_id": "{"0" * 32}", "outcome": 1e999}}', "application/json", 400, "invalid_document"),
        ("[" + ",".join(["{}"] * 51) + "]", "application/json", 413, "too_many_rows"),
        (" " * 200_001, "application/json", 413, "content_too_large"),
    ],
)
def test_a_body_that_cannot_be_used_is_an_error(kept_app, check_error, body, content_type, status, code):
    check_error(kept_app.test_client().post(PATH, data=body, content_type=content_type), status, code)


@pytest.mark.parametrize("body", [["canary-value"], [{"prediction_id": "canary-value", "outcome": "x"}]])
def test_an_error_does_not_repeat_what_was_sent(kept_app, body):
    response = kept_app.test_client().post(PATH, json=body)
    assert response.status_code == 422
    assert "canary-value" not in response.text
