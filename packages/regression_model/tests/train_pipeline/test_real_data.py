"""What the shipped configurations reach on the real tables, on rows that training never saw."""

from __future__ import annotations

import pytest

from regression_model.artifact import load_pipeline
from regression_model.config import load_config
from regression_model.predict import make_prediction
from regression_model.train_pipeline import run_training

pytestmark = pytest.mark.slow


def test_house_prices(real_data, tmp_path):
    """The mean over KFold(5, shuffle=True, random_state=0); every row is scored."""
    result = run_training(load_config(), data_path=real_data("house_prices.csv"), output=tmp_path)
    folds = result.manifest.content["metrics"]["cross_validation"]

    assert (folds["folds"], result.manifest.content["config"]["seed"]) == (5, 0)
    assert folds["metrics"]["rmsle"]["mean"] <= 0.125
    assert result.manifest.content["rows"]["total"] == 2344
    assert "the target is missing" not in result.manifest.content["rows"]["left_out"]


def test_california_housing(real_data, tmp_path):
    """The split is train_test_split(test_size=0.2, random_state=42)."""
    config = load_config("california_housing")
    result = run_training(config, data_path=real_data("california_housing.csv"), output=tmp_path)
    artifact = load_pipeline(result.path)

    assert (config.seed, config.evaluation.holdout_fraction) == (42, 0.2)
    assert result.evaluation.n_rows == 4128
    assert result.evaluation.get("mae").value <= 34_000
    without_bedrooms = artifact.example_row() | {"total_bedrooms": None}
    assert make_prediction(input_data=without_bedrooms, artifact=artifact)["predictions"][0] > 0


def test_bank_marketing(real_data, tmp_path):
    config = load_config("bank_marketing")
    result = run_training(config, data_path=real_data("bank_marketing.csv"), output=tmp_path)
    answer = make_prediction(input_data=load_pipeline(result.path).example_row(), artifact=load_pipeline(result.path))

    assert result.evaluation.get("accuracy").value >= 0.91
    assert result.evaluation.get("roc_auc").value >= 0.94
    assert answer["classes"] == ["no", "yes"]
    assert sum(answer["probabilities"][0]) == pytest.approx(1.0)
