from __future__ import annotations

import re
import subprocess
import sys

import pytest

from ml_api.errors import NoValidRowsError, RefusedRow
from ml_api.services import RequestFacts, predict_rows

FACTS = RequestFacts(request_id="the-id", prediction_id="p")


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
