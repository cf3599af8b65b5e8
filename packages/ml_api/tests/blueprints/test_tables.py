"""Bodies and answers in CSV."""

from __future__ import annotations

import csv
import io

import pytest

from ml_api.app import create_app
from ml_api.schemas import write_csv_rows
from ml_api.settings import TestingSettings
from regression_model import load_pipeline, make_prediction

PATH = "/v1/predict"


def _post(client, body, **headers):
    return client.post(PATH, data=body, content_type="text/csv", headers=headers)


def test_a_table_is_answered_as_json(client, artifact, row):
    response = _post(client, write_csv_rows([row, {**row, "LotArea": "canary"}, row]))
    answer = response.get_json()
    price = make_prediction(input_data=row, artifact=artifact)["predictions"][0]
    assert answer["predictions"] == [price, None, price]
    assert answer["errors"]["1"][0]["field"] == "LotArea"
    assert "canary" not in response.text


def test_a_table_is_answered_as_a_table_if_asked_for(client, artifact, row):
    response = _post(client, write_csv_rows([row, {**row, "LotArea": -1}]) + "1,2\r\n", Accept="text/csv")
    assert response.mimetype == "text/csv"
    assert len(response.headers["X-Prediction-ID"]) == 32
    assert response.headers["X-Model-Version"] == artifact.version
    header, good, refused, ragged = csv.reader(io.StringIO(response.text))
    assert header == ["row", "prediction", "errors"]
    assert good == ["0", str(make_prediction(input_data=row, artifact=artifact)["predictions"][0]), ""]
    assert refused[1] == ""
    assert "not_positive" in refused[2]
    assert "wrong_cell_count" in ragged[2]


def test_json_is_answered_as_a_table_if_asked_for(classifier_folder):
    row = load_pipeline(classifier_folder).example_row()
    client = create_app(TestingSettings(artifact=classifier_folder)).test_client()
    response = client.post(PATH, json=row, headers={"Accept": "text/csv;q=0.9, application/json;q=0.1"})
    header, _ = csv.reader(io.StringIO(response.text))
    assert header == ["row", "prediction", "probability_N", "probability_Y", "errors"]


def test_errors_are_json_all_the_same(client, check_error):
    check_error(_post(client, "a,a\n1,2\n", Accept="text/csv"), 400, "invalid_document")
    check_error(_post(client, "a\n1\n", Accept="text/csv"), 422, "no_valid_rows")


def test_the_number_of_rows_is_limited(client, check_error):
    check_error(_post(client, "a\n" + "1\n" * 51), 413, "too_many_rows")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/json;q=0", "application/x-ndjson"])
def test_an_answer_of_another_type_is_406(client, row, check_error, accept):
    response = client.post(PATH, json=row, headers={"Accept": accept})
    details = check_error(response, 406, "not_acceptable")["details"]
    assert details == {"offered": ["application/json", "text/csv"]}


@pytest.mark.parametrize("accept", ["", "*/*", "application/*", "text/html, */*;q=0.1", "application/json"])
def test_json_is_the_usual_answer(client, row, accept):
    response = client.post(PATH, json=row, headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, "application/json")
