"""What the shipped configurations reach on real windows, with groups and without."""

from __future__ import annotations

import json

import pytest

from regression_model.artifact import load_pipeline
from regression_model.config import load_config
from regression_model.predict import make_prediction
from regression_model.train_pipeline import run_training


def train(name, real_data, tmp_path, groups):
    config = load_config(name)
    evaluation = config.evaluation.model_copy(update={"groups": groups})
    result = run_training(
        config.model_copy(update={"evaluation": evaluation}),
        data_path=real_data("accelerometer_windows.json"),
        output=tmp_path,
    )
    folds = result.manifest.content["metrics"]["cross_validation"]
    assert folds["folds"] == 5
    return result, folds["metrics"]["accuracy"]["mean"]


@pytest.mark.slow
@pytest.mark.parametrize("groups", ["overlap", None])
def test_minirocket(real_data, tmp_path, groups):
    result, accuracy = train("stairs_accelerometer_minirocket", real_data, tmp_path, groups)
    assert accuracy >= 0.99
    artifact = load_pipeline(result.path)
    measurements = json.loads(real_data("accelerometer_windows.json").read_text(encoding="utf-8"))
    answer = make_prediction(input_data=measurements, artifact=artifact)
    assert answer["ids"][:3] == ["8", "15", "20"]
    assert len(answer["predictions"]) == 412
