"""Saved models: the fitted pipeline in its two forms, and the manifest that says how it came to be.

What saves a model, or unpickles one, brings scikit-learn along; loading a compiled one does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regression_model.artifact.loading import load_artifact, load_pipeline
from regression_model.artifact.manifest import Manifest
from regression_model.artifact.model import Artifact

if TYPE_CHECKING:
    from regression_model.artifact.saving import save_pipeline

__all__ = ["Artifact", "Manifest", "load_artifact", "load_pipeline", "save_pipeline"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the one name that is not here yet
    if name != "save_pipeline":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from regression_model.artifact.saving import save_pipeline

    return save_pipeline
