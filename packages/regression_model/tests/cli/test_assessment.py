"""An evaluation fits again what was fitted: also where the order of the features decides."""

from __future__ import annotations

import numpy as np

from regression_model.artifact import load_pipeline
from regression_model.cli.assessment import assess, learn_again
from regression_model.config import parse_config
from regression_model.pipeline import predict_frame
from regression_model.processing.datasets import load_dataset
from regression_model.train_pipeline import run_training
from regression_model.train_pipeline.fitting import fit_pipeline

# Not in the order of the alphabet; a forest draws a part of the features, by their number, for each split.
CONFIG = """
pipeline_name: houses
task: regression
data:
  name: house_prices
  sample: house_prices
target:
  column: SalePrice
features:
  number: [LotArea, GrLivArea]
  integer:
    YearBuilt:
    OverallQual:
model:
  family: random_forest
  n_estimators: 5
  max_features: 0.5
evaluation:
  bootstrap_samples: 100
"""


def test_an_evaluation_fits_again_what_the_manifest_recorded(tmp_path):
    config = parse_config(CONFIG)
    trained = run_training(config, sample=True, output=tmp_path)
    artifact = load_pipeline(trained.path)
    dataset = load_dataset(config, allow_sample=True)
    assessment = assess(artifact, dataset)

    assert assessment.evaluation.to_json() == trained.manifest.content["metrics"]["holdout"]
    again = predict_frame(fit_pipeline(assessment.split, assessment.config, {}), assessment.frame)
    before = predict_frame(artifact.pipeline, assessment.frame)
    np.testing.assert_array_equal(again.predictions, before.predictions)
    assert learn_again(assessment, assessment.split).points[-1].n_rows == len(assessment.split.train)
    assert list(assessment.config.features.dtypes()) == ["LotArea", "GrLivArea", "YearBuilt", "OverallQual"]
