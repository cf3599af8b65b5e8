from __future__ import annotations

import json
import logging
import re
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml_api.app import create_app
from ml_api.settings import TestingSettings
from regression_model import load_pipeline, make_prediction

PATHS = ["/v1/predict", "/v1/regression-model/predict"]
KEYS = ["predictions", "version", "errors", "prediction_id", "request_id"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "wrap", [lambda row: row, lambda row: [row], lambda row: {"inputs": [row]}, lambda row: {"data": [row]}]
)
def test_a_row_is_predicted_in_every_form_and_under_both_paths(client, artifact, row, path, wrap):
    response = client.post(path, json=wrap(row), headers={"X-Request-ID": "the-id"})
    assert response.status_code == 200
    answer = response.get_json()
    assert re.fullmatch("[0-9a-f]{32}", answer["prediction_id"])
    assert answer == {
        "predictions": pytest.approx(make_prediction(input_data=row, artifact=artifact)["predictions"], rel=1e-9),
        "version": artifact.version,
        "errors": {},
        "prediction_id": answer["prediction_id"],
        "request_id": "the-id",
    }
    assert answer["predictions"][0] > 0


@pytest.mark.parametrize("broken", [{}, None, 5, "row", [], [[]], {"LotArea": {"deep": [1]}}])
def test_a_broken_row_between_good_ones_is_null_with_its_errors(client, artifact, row, broken):
    response = client.post("/v1/predict", json=[row, broken, row])
    assert response.status_code == 200
    answer = response.get_json()
    price = make_prediction(input_data=row, artifact=artifact)["predictions"][0]
    assert answer["predictions"] == [price, None, price]
    assert answer["version"] == artifact.version
    assert list(answer["errors"]) == ["1"]
    for error in answer["errors"]["1"]:
        assert set(error) == {"field", "reason", "message", "expected"}
        assert error["reason"]
        assert error["message"]


def test_errors_name_the_field_and_never_the_value(client, row):
    response = client.post("/v1/predict", json=[{**row, "LotArea": "canary"}, row])
    [error] = response.get_json()["errors"]["0"]
    assert error["field"] == "LotArea"
    assert error["reason"] == "not_a_number"
    assert "canary" not in response.text


def test_without_a_good_row_the_answer_is_an_error_with_details_per_row(client, artifact, row, check_error):
    response = client.post("/v1/predict", json=[{**row, "LotArea": -1}, {**row, "LotArea": "x"}, 5])
    details = check_error(response, 422, "no_valid_rows")["details"]
    assert details["version"] == artifact.version
    assert {index: errors[0]["reason"] for index, errors in details["errors"].items()} == {
        "0": "not_positive",
        "1": "not_a_number",
        "2": "not_an_object",
    }


@pytest.mark.parametrize("body", ["", "{", "[NaN]", '[{"LotArea": 1e400}]', "null", "5", "[]", '{"inputs": []}'])
def test_a_broken_document_is_400(client, check_error, body):
    response = client.post("/v1/predict", data=body, content_type="application/json")
    check_error(response, 400, "invalid_document")


def test_rows_keep_their_order(client, artifact, row):
    rows = [{**row, "LotArea": area} for area in (30_000, 5_000, 12_000)]
    answer = client.post("/v1/predict", json=rows).get_json()
    expected = make_prediction(input_data=rows, artifact=artifact)["predictions"]
    assert answer["predictions"] == pytest.approx(expected, rel=1e-9)
    assert len(set(answer["predictions"])) == 3


def test_classification_answers_with_label_probabilities_and_classes(classifier_folder):
    classifier = load_pipeline(classifier_folder)
    row = classifier.example_row()
    client = create_app(TestingSettings(artifact=classifier_folder)).test_client()
    answer = client.post("/v1/predict", json=[row, None]).get_json()
    assert list(answer) == [*KEYS, "probabilities", "classes"]
    assert answer["classes"] == classifier.classes == ["N", "Y"]
    assert answer["predictions"][0] in answer["classes"]
    assert answer["predictions"][1] is None
    # Probabilities are doubles: their sum is 1 up to a few units in the last place.
    assert sum(answer["probabilities"][0]) == pytest.approx(1.0, abs=1e-12)
    assert answer["probabilities"][1] is None
    assert list(answer["errors"]) == ["1"]


def test_regression_has_no_classes(client, row):
    assert list(client.post("/v1/predict", json=row).get_json()) == KEYS


def test_without_a_model_there_are_no_predictions(empty_client, row, check_error):
    check_error(empty_client.post("/v1/predict", json=row), 503, "model_not_ready")


def test_input_and_output_are_logged_in_two_steps_with_the_version(client, artifact, row, caplog):
    caplog.set_level(logging.INFO)
    answer = client.post("/v1/predict", json=[row, 5], headers={"X-Request-ID": "the-id"}).get_json()
    step_in, step_out = (record for record in caplog.records if record.name == "ml_api.services.prediction")
    both = {
        "request_id": "the-id",
        "prediction_id": answer["prediction_id"],
        "model_version": artifact.version,
        "key_id": None,
        "n_rows": 2,
    }
    assert step_in.message == "prediction input"
    assert step_in.fields == {**both, "inputs": [row, 5]}
    assert step_out.message == "prediction output"
    assert step_out.fields.pop("latency_ms") > 0
    assert step_out.fields == {
        **both,
        "n_rejected": 1,
        "predictions": answer["predictions"],
        "errors": answer["errors"],
    }


# ----------------------------------------------------------------- whatever is sent, the server does not fail

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**308, -(10**300), 2**63, 2**64, 0, -1])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([sys.float_info.max, sys.float_info.min, 5e-324, -0.0])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    | st.sampled_from(["", "NA", "nan", "inf", "1e400", "001", "0x10", "1,5", "TRUE", "2020-02-30", "\x00", "\uff19"])
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.sampled_from(["inputs", "data", "LotArea", "x", ""]), children, max_size=3)
    ),
    max_leaves=15,
)
# The application only reads: sharing it between examples shares nothing that they could change.
ANYTHING = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _check_no_failure(response) -> None:
    assert response.status_code in {200, 400, 413, 422}, response.text
    assert ("error" in response.get_json()) == (response.status_code != 200)


@given(document=DOCUMENTS)
@ANYTHING
def test_no_document_makes_the_server_fail(client, document):
    body = json.dumps(document)  # not `json=`: that would send no body for None
    _check_no_failure(client.post("/v1/predict", data=body, content_type="application/json"))


@given(data=st.data())
@ANYTHING
def test_no_row_makes_the_server_fail(client, row, data):
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(row)), SCALARS | DOCUMENTS, min_size=1))
    response = client.post("/v1/predict", json=[row, {**row, **changes}])
    _check_no_failure(response)
    assert response.get_json()["predictions"][0] is not None


@given(body=st.binary(max_size=100))
@ANYTHING
def test_no_bytes_make_the_server_fail(client, body):
    _check_no_failure(client.post("/v1/predict", data=body, content_type="application/json"))
