"""Newline-delimited JSON, in and out. A stream of 100,000 rows: `tests/operation/test_starvation.py`."""

from __future__ import annotations

import io
import json
import logging

import pytest

from ml_api.app import create_app
from ml_api.blueprints.answer_types import send_ahead
from ml_api.settings import TestingSettings
from regression_model import load_pipeline, make_prediction

PATH = "/v1/predict"
LINES = "application/x-ndjson"


def _post(client, body, path=PATH, **headers):
    return client.post(path, data=body, content_type=LINES, headers=headers)


def _read(response) -> list[dict]:
    assert (response.status_code, response.mimetype) == (200, LINES)
    return [json.loads(line) for line in response.text.splitlines()]


def _write(*rows) -> str:
    return "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows)


def test_lines_are_answered_by_lines_and_a_summary(client, artifact, row):
    response = _post(client, _write(row, row), **{"X-Request-ID": "the-id"})
    price = make_prediction(input_data=row, artifact=artifact)["predictions"][0]
    *lines, summary = _read(response)
    assert lines == [{"row": 0, "prediction": price}, {"row": 1, "prediction": price}]
    assert summary == {
        "summary": {
            "rows": 2,
            "predicted": 2,
            "rejected": 0,
            "complete": True,
            "version": artifact.version,
            "prediction_id": response.headers["X-Prediction-ID"],
            "request_id": "the-id",
        }
    }


def test_a_broken_line_is_an_error_in_its_place(client, row):
    response = _post(client, _write(row, '{"canary"\n', {**row, "LotArea": "canary"}, "[NaN]\n", "5\n", row))
    *lines, summary = _read(response)
    assert [line["row"] for line in lines] == [0, 1, 2, 3, 4, 5]
    assert [line["prediction"] is not None for line in lines] == [True, False, False, False, False, True]
    assert [line["errors"][0]["reason"] for line in lines[1:5]] == [
        "invalid_document",
        "not_a_number",
        "invalid_document",
        "not_an_object",
    ]
    assert {name: summary["summary"][name] for name in ("rows", "predicted", "rejected")} == {
        "rows": 6,
        "predicted": 2,
        "rejected": 4,
    }
    assert "canary" not in response.text


def test_a_stream_without_a_good_line_is_still_a_stream(client):
    *lines, summary = _read(_post(client, "x\n" * 3))
    assert len(lines) == 3
    assert summary["summary"]["predicted"] == 0


def test_many_chunks_are_numbered_through_and_logged_one_by_one(client, row, caplog):
    caplog.set_level(logging.INFO)
    *lines, _ = _read(_post(client, _write(row) * 1201))
    assert [line["row"] for line in lines] == list(range(1201))
    steps = [record.fields for record in caplog.records if record.message == "prediction input"]
    assert [(step["first_row"], step["n_rows"]) for step in steps] == [(0, 500), (500, 500), (1000, 201)]
    assert len({step["prediction_id"] for step in steps}) == 1


def test_a_classification_has_probabilities_and_classes(classifier_folder):
    row = load_pipeline(classifier_folder).example_row()
    client = create_app(TestingSettings(artifact=classifier_folder)).test_client()
    line, refused, summary = _read(_post(client, _write(row, "x\n")))
    assert line["prediction"] in summary["summary"]["classes"] == ["N", "Y"]
    assert sum(line["probabilities"]) == pytest.approx(1)
    assert refused["probabilities"] is None


@pytest.mark.parametrize("body", ["", "\n\n"])
def test_no_lines_at_all_are_400(client, check_error, body):
    check_error(_post(client, body), 400, "invalid_document")


def test_without_a_model_the_stream_does_not_begin(empty_client, row, check_error):
    check_error(_post(empty_client, _write(row)), 503, "model_not_ready")


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "text/html"])
def test_a_stream_has_no_other_answer(client, row, check_error, accept):
    check_error(_post(client, _write(row), Accept=accept), 406, "not_acceptable")


def test_a_compressed_stream_is_refused_in_any_case(app, model_folder, row, check_error):
    client = create_app(TestingSettings(artifact=model_folder, accept_gzip=True)).test_client()
    check_error(_post(client, _write(row), **{"Content-Encoding": "gzip"}), 415, "unsupported_media_type")


def test_the_number_of_rows_is_limited_by_an_error_in_the_stream(model_folder, row):
    client = create_app(TestingSettings(artifact=model_folder, max_stream_rows=3)).test_client()
    first, second, third, error, summary = _read(_post(client, _write(row) * 4, **{"X-Request-ID": "the-id"}))
    assert [first["row"], second["row"], third["row"]] == [0, 1, 2]
    assert error["error"]["code"] == "too_many_rows"
    assert error["error"]["request_id"] == "the-id"
    assert (summary["summary"]["rows"], summary["summary"]["complete"]) == (3, False)


def test_a_failure_in_the_middle_is_told_as_far_as_clients_may_know(client, row, monkeypatch, caplog):
    def fail(**_: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr("ml_api.services.prediction._find_model_package", lambda: (fail, ZeroDivisionError))
    response = _post(client, _write(row))
    error, summary = _read(response)
    assert error["error"]["code"] == "internal_error"
    assert summary["summary"]["complete"] is False
    assert "canary" not in response.text
    assert "canary" in caplog.text


def test_a_body_that_breaks_off_ends_the_stream(client, row):
    response = client.post(
        PATH,
        input_stream=io.BytesIO((_write(row) * 600).encode()),
        content_type=LINES,
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": "5000000"},
    )
    *lines, error, summary = _read(response)
    assert [line["prediction"] is not None for line in lines] == [True] * 600  # all that came
    assert error["error"]["code"] == "invalid_document"
    assert summary["summary"]["complete"] is False


def test_streams_are_not_explained(client, row, check_error):
    check_error(_post(client, _write(row), path=f"{PATH}?explain=true"), 422, "invalid_parameter")


def test_answers_wait_for_the_end_of_the_body_only_once_the_buffers_may_be_full():
    # Given an answer that is made while the body is read
    made, ended = [], False

    def make():
        for number in range(200):
            made.append(number)
            yield bytes([number]) * 1_000

    parts = send_ahead(make(), has_ended=lambda: ended)
    # When nobody has read the body's end
    sent = [next(parts) for _ in range(65)]
    assert made == list(range(65))
    # Then the next part that is sent comes after all of it
    sent.append(next(parts))
    assert made == list(range(200))
    assert b"".join([*sent, *parts]) == b"".join(bytes([number]) * 1_000 for number in range(200))


def test_what_waits_is_bounded():
    # Given an answer of which the client reads nothing, and room for ten parts
    parts = [bytes([number]) * 1_000 for number in range(200)]
    made = []
    answer = send_ahead((made.append(part) or part for part in parts), has_ended=lambda: False, max_held_bytes=10_000)
    # When more is made than there is room for
    sent = [next(answer) for _ in range(65)]
    assert len(made) == 65
    sent.append(next(answer))
    # Then the client has to read on
    assert len(made) == 76
    assert b"".join([*sent, *answer]) == b"".join(parts)


def test_nothing_waits_behind_a_body_that_was_read():
    parts = [bytes([number]) * 50_000 for number in range(100)]
    assert list(send_ahead(iter(parts), has_ended=lambda: True)) == parts
    ended = iter([False, False, True, True, True])
    assert b"".join(send_ahead(iter(parts[:5]), has_ended=lambda: next(ended))) == b"".join(parts[:5])
