from __future__ import annotations

import pytest

from regression_model.artifact import load_pipeline
from regression_model.predict import make_prediction
from regression_model.train_pipeline import run_training

pytestmark = [pytest.mark.heavy, pytest.mark.slow]


@pytest.mark.parametrize(
    "features", ["tsfresh_minimal", "tsfresh\n    names: [mean, abs_energy, cid_ce__normalize_True]"]
)
def test_features_of_tsfresh_are_chosen_and_served(features, table, change_config, measurements, tmp_path):
    changes = {
        "extractor: minirocket\n    n_features: 420": f"extractor: {features}",
        "family: ridge_classifier": "family: hist_gradient_boosting",
        "folds: 3": "folds: 0\n  groups: overlap",
    }
    paths = [
        run_training(change_config(**changes), data_path=table, output=tmp_path / name).path for name in ("a", "b")
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    artifact = load_pipeline(paths[0])
    assert "tsfresh" in artifact.manifest.content["libraries"]
    answer = make_prediction(input_data=measurements, artifact=artifact)
    assert len(answer["ids"]) == 60
    assert not answer["errors"]
    odd = make_prediction(input_data=[{"speed": [0.5]}, {"speed": [None, 1.0]}], artifact=artifact)
    assert None not in odd["predictions"]
