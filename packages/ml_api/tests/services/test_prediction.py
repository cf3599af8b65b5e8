from __future__ import annotations

import logging
import re
import subprocess
import sys

import pytest

from ml_api.errors import NoValidRowsError, RefusedRow
from ml_api.services import RequestFacts, answer_rows, predict_rows, prediction
from ml_api.services.pace import Pace, SlowPace
from regression_model import load_pipeline, make_prediction

FACTS = RequestFacts(request_id="the-id", prediction_id="p")


@pytest.fixture(scope="session")
def house(house_folder):
    return load_pipeline(house_folder)


def test_the_answer_is_that_of_the_model_with_the_ids(artifact, row):
    answer = predict_rows(artifact, [row, None], FACTS)
    assert (answer["request_id"], answer["prediction_id"]) == ("the-id", "p")
    assert answer["predictions"][0] > 0
    assert answer["predictions"][1] is None
    assert list(answer["errors"]) == ["1"]


def test_no_valid_row_is_an_error_that_says_why(artifact):
    with pytest.raises(NoValidRowsError, match="None of the 2 rows") as caught:
        predict_rows(artifact, [1, None], FACTS)
    assert list(caught.value.details["errors"]) == ["0", "1"]
    assert caught.value.details["prediction_id"] == "p"


def test_a_row_that_was_refused_before_keeps_its_place(artifact, row):
    answer = predict_rows(artifact, [RefusedRow("broken", "the line is broken", "a line"), row], FACTS)
    assert answer["predictions"][0] is None
    assert answer["predictions"][1] > 0
    refusal = {"field": None, "reason": "broken", "message": "the line is broken", "expected": "a line"}
    assert answer["errors"] == {"0": [refusal]}


def test_of_a_row_among_several_ten_errors_are_listed_and_the_rest_counted(house):
    rows = [{}, house.example_row()]
    whole = make_prediction(input_data=rows, artifact=house)["errors"][0]
    assert len(whole) == len(house.schema.names)
    errors = predict_rows(house, rows, FACTS)["errors"]["0"]
    assert errors[:10] == whole[:10]
    [more] = errors[10:]
    assert (more["field"], more["reason"]) == (None, "more_errors")
    assert more["message"] == f"{len(whole) - 10} more errors of this row are not listed"


def test_a_row_that_comes_alone_has_all_of_its_errors(house):
    with pytest.raises(NoValidRowsError) as caught:
        predict_rows(house, [{}], FACTS)
    assert caught.value.details["errors"]["0"] == make_prediction(input_data=[{}], artifact=house)["errors"][0]


def test_many_rows_are_logged_in_several_lines(artifact, row, caplog):
    caplog.set_level(logging.INFO)
    rows = [row] * 600 + [None] + [row] * 600
    answer = predict_rows(artifact, rows, FACTS)
    inputs, outputs = (
        [record.fields for record in caplog.records if record.message == f"prediction {what}"]
        for what in ("input", "output")
    )
    assert [row for line in inputs for row in line["inputs"]] == rows
    assert [price for line in outputs for price in line["predictions"]] == answer["predictions"]
    for lines in (inputs, outputs):
        assert [(line["first_row"], line["n_rows"]) for line in lines] == [(0, 500), (500, 500), (1000, 201)]
    assert [(line["n_rejected"], list(line["errors"])) for line in outputs] == [(0, []), (1, ["100"]), (0, [])]


def test_what_takes_long_is_written_by_the_same_thread_as_it_is_predicted(artifact, row, monkeypatch):
    handed_over = []
    monkeypatch.setattr(prediction, "run_in_threadpool", lambda function: handed_over.append(function) or function())
    cases = [
        (10, {}, False),
        (11, {}, True),
        (1, {"pace": SlowPace()}, True),
        (99, {"pace": Pace()}, False),
        (999, {"pace": Pace()}, True),
    ]
    for n_rows, options, is_long in cases:
        content = answer_rows(artifact, [row] * n_rows, FACTS, write=lambda answer: str(len(answer)), **options)
        assert content == "5"
        assert bool(handed_over) == is_long
        handed_over.clear()


def test_each_request_has_a_prediction_id_of_its_own():
    ids = {RequestFacts(request_id="the-id").prediction_id for _ in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch("[0-9a-f]{32}", made) for made in ids)


def test_services_know_nothing_of_the_web():
    program = (
        "import ml_api.services, sys; ml_api.services.ModelService; "
        "assert not {'flask', 'werkzeug', 'gunicorn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
