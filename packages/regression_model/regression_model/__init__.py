"""Reproducible models from tables: configure, train, save, predict.

Importing this package does nothing: each name is imported when it is first used (PEP 562).
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regression_model.artifact import Artifact, Manifest, load_artifact, load_pipeline, save_pipeline
    from regression_model.artifact.loading import needs_unpickling
    from regression_model.artifact.signing import sign_artifact, verify_signature
    from regression_model.config import Config, load_config
    from regression_model.errors import (
        ArtifactError,
        ArtifactIntegrityError,
        ArtifactNotFoundError,
        ArtifactSignatureError,
        ArtifactVersionError,
        ArtifactWriteError,
        CompiledMismatchError,
        ConfigError,
        DataError,
        DataNotFoundError,
        DownloadError,
        ExplanationError,
        InputDataError,
        MissingExtraError,
        NotCompiledError,
        NotLowerableError,
        RegressionModelError,
        SigningKeyError,
        TrainingError,
        WorkerError,
    )
    from regression_model.evaluation import Evaluation, evaluate_predictions
    from regression_model.execution import PredictionProcess, ProcessLimits
    from regression_model.pipeline import build_pipeline
    from regression_model.predict import make_prediction
    from regression_model.processing.datasets import load_dataset
    from regression_model.processing.validation import ValidatedInputs, validate_inputs
    from regression_model.schema import Feature, FieldError, Schema
    from regression_model.train_pipeline import TrainingResult, run_training, run_training_isolated

    __version__: str

_HOMES = {
    "artifact": ("Artifact", "Manifest", "load_artifact", "load_pipeline", "save_pipeline"),
    "artifact.loading": ("needs_unpickling",),
    "artifact.signing": ("sign_artifact", "verify_signature"),
    "config": ("Config", "load_config"),
    "errors": (
        "ArtifactError",
        "ArtifactIntegrityError",
        "ArtifactNotFoundError",
        "ArtifactSignatureError",
        "ArtifactVersionError",
        "ArtifactWriteError",
        "CompiledMismatchError",
        "ConfigError",
        "DataError",
        "DataNotFoundError",
        "DownloadError",
        "ExplanationError",
        "InputDataError",
        "MissingExtraError",
        "NotCompiledError",
        "NotLowerableError",
        "RegressionModelError",
        "SigningKeyError",
        "TrainingError",
        "WorkerError",
    ),
    "evaluation": ("Evaluation", "evaluate_predictions"),
    "execution": ("PredictionProcess", "ProcessLimits"),
    "pipeline": ("build_pipeline",),
    "predict": ("make_prediction",),
    "processing.datasets": ("load_dataset",),
    "processing.validation": ("ValidatedInputs", "validate_inputs"),
    "schema": ("Feature", "FieldError", "Schema"),
    "train_pipeline": ("TrainingResult", "run_training", "run_training_isolated"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Artifact",
    "ArtifactError",
    "ArtifactIntegrityError",
    "ArtifactNotFoundError",
    "ArtifactSignatureError",
    "ArtifactVersionError",
    "ArtifactWriteError",
    "CompiledMismatchError",
    "Config",
    "ConfigError",
    "DataError",
    "DataNotFoundError",
    "DownloadError",
    "Evaluation",
    "ExplanationError",
    "Feature",
    "FieldError",
    "InputDataError",
    "Manifest",
    "MissingExtraError",
    "NotCompiledError",
    "NotLowerableError",
    "PredictionProcess",
    "ProcessLimits",
    "RegressionModelError",
    "Schema",
    "SigningKeyError",
    "TrainingError",
    "TrainingResult",
    "ValidatedInputs",
    "WorkerError",
    "__version__",
    "build_pipeline",
    "evaluate_predictions",
    "load_artifact",
    "load_config",
    "load_dataset",
    "load_pipeline",
    "make_prediction",
    "needs_unpickling",
    "run_training",
    "run_training_isolated",
    "save_pipeline",
    "sign_artifact",
    "validate_inputs",
    "verify_signature",
]

# A library leaves logging to the program that uses it.
logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public object
    if name == "__version__":
        from importlib.resources import files

        return files(__name__).joinpath("VERSION").read_text(encoding="utf-8").strip()
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
