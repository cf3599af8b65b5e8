"""The scikit-learn pipeline: built from the config, and traced to what it reads."""

from regression_model.pipeline.build import build_pipeline
from regression_model.pipeline.lineage import find_features_read, find_shares, prune_pipeline
from regression_model.pipeline.outputs import ModelOutputs, predict_frame

__all__ = [
    "ModelOutputs",
    "build_pipeline",
    "find_features_read",
    "find_shares",
    "predict_frame",
    "prune_pipeline",
]
