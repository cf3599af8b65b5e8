"""Saved models: the fitted pipeline, and the manifest that says how it came to be."""

from regression_model.artifact.loading import Artifact, load_pipeline
from regression_model.artifact.manifest import Manifest
from regression_model.artifact.saving import save_pipeline

__all__ = ["Artifact", "Manifest", "load_pipeline", "save_pipeline"]
