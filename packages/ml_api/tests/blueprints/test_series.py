"""Rows whose cells are series of measurements."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ml_api.app import create_app
from ml_api.blueprints.context import EXTENSION
from ml_api.settings import TestingSettings
from regression_model import load_config, run_training, sign_artifact
from regression_model.artifact.signing_keys import create_key

CONFIG = """\
pipeline_name: waves
task: classification
data:
  name: waves
  time_series:
    id: window
    values: speed
target:
  column: pace
features:
  series: speed
preprocessing:
  - step: extract_series_features
    extractor: minirocket
    n_features: 168
model:
  family: ridge_classifier
evaluation:
  bootstrap_samples: 100
"""
SLOW, FAST = (np.sin(np.arange(24) * speed).tolist() for speed in (0.4, 1.1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("waves")
    generator = np.random.default_rng(0)
    rows = [
        {"window": number, "speed": value + noise, "pace": "fast" if number % 2 else "slow"}
        for number in range(30)
        for value, noise in zip(FAST if number % 2 else SLOW, generator.normal(size=24) / 10, strict=True)
    ]
    (folder / "waves.json").write_text(json.dumps(rows), encoding="utf-8")
    (folder / "waves.yml").write_text(CONFIG, encoding="utf-8")
    run_training(load_config(folder / "waves.yml"), data_path=folder / "waves.json", output=folder / "model")
    create_key(folder / "key")
    sign_artifact(folder / "model", folder / "key")
    return folder


@pytest.fixture(scope="module")
def waves(folder):
    settings = TestingSettings(
        artifact=folder / "model", trusted_keys_file=folder / "key.pub", max_measurements=100, timeout_s=120
    )
    app = create_app(settings)
    yield app.test_client()
    app.extensions[EXTENSION].model.close()


def test_windows_are_predicted(waves):
    answer = waves.post("/v1/predict", json=[{"speed": SLOW}, {"speed": FAST}, {"speed": [*FAST[:10], None]}])
    assert answer.status_code == 200, answer.json
    assert answer.json["predictions"][:2] == ["slow", "fast"]
    assert answer.json["predictions"][2] is not None


def test_a_measurement_is_no_series_and_each_row_has_an_answer(waves):
    rows = [{"window": 1, "speed": 0.5}, {"window": 1, "speed": [0.5, "x"]}, {"window": 1, "speed": SLOW}]
    answer = waves.post("/v1/predict", json=rows).json
    assert answer["predictions"] == [None, None, "slow"]
    assert [answer["errors"][row][0]["reason"] for row in ("0", "1")] == ["not_a_series", "not_a_number"]


def test_the_measurements_of_a_request_are_limited(waves, check_error):
    error = check_error(waves.post("/v1/predict", json=[{"speed": SLOW}] * 5), 413, "too_many_measurements")
    assert error["details"] == {"measurements": 120, "max_measurements": 100}


def test_the_description_says_what_a_series_is(waves):
    text = json.dumps(waves.get("/openapi.json").json)
    assert '"items": {"type": ["number", "null"]}' in text
    assert '"maxItems": 100' in text, "what the model itself takes: it has learned from far shorter ones"


def test_the_form_takes_a_list(waves):
    page = waves.get("/")
    assert page.status_code == 200
    assert "Series of measurements" in page.text
