from __future__ import annotations

import subprocess
import sys

import pytest

from ml_api.errors import ModelNotReadyError, NoValidRowsError
from ml_api.services import ModelService, predict_rows


@pytest.fixture
def model(model_folder):
    service = ModelService(model_folder)
    service.load()
    return service


def test_the_answer_is_that_of_the_model_with_the_request_id(model, row):
    answer = predict_rows(model, [row, None], request_id="the-id")
    assert answer["request_id"] == "the-id"
    assert answer["predictions"][0] > 0
    assert answer["predictions"][1] is None
    assert list(answer["errors"]) == ["1"]


def test_no_valid_row_is_an_error_that_says_why(model):
    with pytest.raises(NoValidRowsError, match="None of the 2 rows") as caught:
        predict_rows(model, [1, None], request_id="the-id")
    assert list(caught.value.details["errors"]) == ["0", "1"]


def test_there_is_no_prediction_without_a_model(tmp_path, row):
    with pytest.raises(ModelNotReadyError):
        predict_rows(ModelService(tmp_path), [row], request_id="the-id")


def test_services_know_nothing_of_the_web():
    program = (
        "import ml_api.services, sys; ml_api.services.ModelService; "
        "assert not {'flask', 'werkzeug', 'gunicorn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
