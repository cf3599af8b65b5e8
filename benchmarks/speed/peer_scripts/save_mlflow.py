"""Saves the pipeline as MLflow wants it."""

import sys

import mlflow.sklearn
from ready_pipeline import build_pipeline

mlflow.sklearn.save_model(
    build_pipeline(sys.argv[1]), sys.argv[2], pip_requirements=[], serialization_format="cloudpickle"
)
