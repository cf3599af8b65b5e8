from __future__ import annotations

import math

import pytest

from ml_api.app import create_app
from ml_api.settings import TestingSettings
from regression_model import ExplanationError, load_pipeline

PATH = "/v1/predict?explain=true"


def test_contributions_add_up_to_the_prediction_on_the_scale_that_is_named(client, row):
    answer = client.post(PATH, json=[row, 5]).get_json()
    explanation, refused = answer["explanations"]
    assert refused is None
    assert explanation["scale"] == "log"
    assert set(explanation["contributions"]) == set(row)
    total = explanation["base"] + sum(explanation["contributions"].values())
    # Both sides are sums of doubles around 12.
    assert total == pytest.approx(math.log(answer["predictions"][0]), abs=1e-9)


def test_a_classification_is_explained_in_log_odds_of_a_class(classifier_folder):
    client = create_app(TestingSettings(artifact=classifier_folder)).test_client()
    answer = client.post(PATH, json=load_pipeline(classifier_folder).example_row()).get_json()
    [explanation] = answer["explanations"]
    assert explanation["scale"] == "log_odds"
    assert explanation["class"] in answer["classes"]
    probability = answer["probabilities"][0][answer["classes"].index(explanation["class"])]
    total = explanation["base"] + sum(explanation["contributions"].values())
    assert total == pytest.approx(math.log(probability / (1 - probability)), abs=1e-6)


def test_the_number_of_explained_rows_is_limited(model_folder, row, check_error):
    client = create_app(TestingSettings(artifact=model_folder, max_explained_rows=2)).test_client()
    assert client.post(PATH, json=[row] * 2).status_code == 200
    details = check_error(client.post(PATH, json=[row] * 3), 413, "too_many_rows")["details"]
    assert details == {"rows": 3, "max_explained_rows": 2}


def test_tables_are_not_explained(client, row, check_error):
    check_error(client.post(PATH, json=row, headers={"Accept": "text/csv"}), 422, "invalid_parameter")


def test_a_model_that_has_no_explanations_says_so(client, row, check_error, monkeypatch):
    def refuse(**_: object) -> None:
        raise ExplanationError("the predictions of a Stranger can't be explained")

    monkeypatch.setattr("ml_api.services.prediction._find_model_package", lambda: (refuse, ExplanationError))
    check_error(client.post(PATH, json=row), 422, "not_explainable")
