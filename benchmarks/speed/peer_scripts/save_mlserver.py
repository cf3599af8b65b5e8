"""Saves the pipeline with the settings that MLServer reads."""

import json
import sys
from pathlib import Path

import joblib
from ready_pipeline import build_pipeline

folder = Path(sys.argv[2])
folder.mkdir()
joblib.dump(build_pipeline(sys.argv[1]), folder / "model.joblib")
settings = {
    "name": "pipeline",
    "implementation": "mlserver_sklearn.SKLearnModel",
    "parameters": {"uri": "./model.joblib", "content_type": "pd"},
}
(folder / "model-settings.json").write_text(json.dumps(settings))
