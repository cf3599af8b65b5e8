"""Tells MLflow of trainings, searches and sweeps, where ``MLFLOW_TRACKING_URI`` names a server; else tells nobody."""

from regression_model.tracking.base import TrackedRun
from regression_model.tracking.opening import open_run
from regression_model.tracking.training import track_training

__all__ = ["TrackedRun", "open_run", "track_training"]
