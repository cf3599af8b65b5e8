"""Loads a saved model, and refuses whatever is not what was saved."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import sklearn
from sklearn.pipeline import Pipeline

from regression_model.artifact.manifest import SUFFIX, Manifest
from regression_model.errors import ArtifactIntegrityError, ArtifactNotFoundError, ArtifactVersionError
from regression_model.pipeline.outputs import predict_frame
from regression_model.processing.schema import Schema
from regression_model.processing.validation import validate_inputs

GOLDEN_TOLERANCE = 1e-9
"""Relative difference up to which golden rows agree: sums in another order (another CPU) stay far below it."""

_NEEDED = ("pipeline_name", "model_version", "task", "classes", "files", "schema", "libraries", "golden_rows")


@dataclass(frozen=True)
class Artifact:
    """A model that was loaded and checked.

    Attributes
    ----------
    pipeline : Pipeline
        Fitted.
    manifest : Manifest
    """

    pipeline: Pipeline
    manifest: Manifest

    @cached_property
    def schema(self) -> Schema:
        """What the model reads."""
        return self.manifest.schema

    @property
    def version(self) -> str:
        """Version of the model."""
        return self.manifest.model_version

    @property
    def task(self) -> str:
        """``regression`` or ``classification``."""
        return self.manifest.task

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest, which covers everything else."""
        return self.manifest.digest

    @property
    def classes(self) -> list[str] | None:
        """Class labels in the order of the probabilities; None for regression."""
        return self.manifest.content["classes"]  # type: ignore[no-any-return]

    def example_row(self) -> dict[str, Any]:
        """Return a row that can be sent as it is."""
        row = self.manifest.content["golden_rows"]["rows"][0]
        return {name: row[name] for name in self.schema.names}


def published_folder() -> Path:
    """Return the folder inside the package where the published model lies."""
    return Path(str(files("regression_model"))) / "trained_models"


def load_pipeline(path: str | Path | None = None, *, accept_sklearn: str | None = None) -> Artifact:
    """Load a saved model.

    The manifest is read first. Nothing is unpickled before all digests agree.

    Parameters
    ----------
    path : str or Path, optional
        A manifest, or a folder that holds one. By default the published model inside the package.
    accept_sklearn : str, optional
        Name a scikit-learn version here (``"1.8"``) to load a model that was trained with it although another one
        is installed; the golden rows are checked all the same.

    Returns
    -------
    Artifact

    Raises
    ------
    ArtifactNotFoundError
        If there is no manifest, several, or one of its files is gone.
    ArtifactIntegrityError
        If a byte was changed, or the model does not repeat the predictions that were recorded.
    ArtifactVersionError
        If scikit-learn's minor version is not the one it was trained with.
    """
    file = _find_manifest(Path(path) if path is not None else published_folder())
    manifest = Manifest.from_file(file)
    _check_complete(manifest)
    _check_sklearn(manifest, accept_sklearn)
    data = _read_checked(file.parent, manifest.content["files"]["pipeline"])
    artifact = Artifact(joblib.load(io.BytesIO(data)), manifest)  # noqa: TID251 - this is that one place
    _check_golden_rows(artifact)
    return artifact


def _find_manifest(path: Path) -> Path:
    if path.is_file():
        return path
    found = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise ArtifactNotFoundError(
            f"there is no trained model in {path} (a file *{SUFFIX}); train one with 'regression-model train'"
        )
    # A kill between the new manifest and the removal of the one before leaves both of the same pipeline.
    if len({_pipeline_of(file) for file in found}) == 1:
        return max(found, key=lambda file: (file.stat().st_mtime_ns, file.name))
    names = ", ".join(file.name for file in found)
    raise ArtifactNotFoundError(f"{path} holds {len(found)} models; name the manifest of one: {names}")


def _check_complete(manifest: Manifest) -> None:
    lacking = [key for key in _NEEDED if key not in manifest.content]
    if lacking:
        raise ArtifactIntegrityError(f"the manifest lacks {', '.join(lacking)}; train the model again")


def _pipeline_of(file: Path) -> str:
    return file.name.rpartition("_output_v")[0]


def _check_sklearn(manifest: Manifest, accept: str | None) -> None:
    trained = str(manifest.content["libraries"]["scikit-learn"])
    if _minor(trained) in (_minor(sklearn.__version__), _minor(accept) if accept else None):
        return
    raise ArtifactVersionError(
        f"the model was trained with scikit-learn {trained}, installed is {sklearn.__version__}, which may read it "
        f"wrongly; install 'scikit-learn=={_minor(trained)}.*', train again, or accept it by name: {_minor(trained)}"
    )


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _read_checked(folder: Path, entry: Mapping[str, Any]) -> bytes:
    name = str(entry["name"])
    if Path(name).name != name:
        raise ArtifactIntegrityError(f"the manifest names a file outside its folder: {name!r}")
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise ArtifactNotFoundError(
            f"the manifest names {name}, which can't be read in {folder} ({error.strerror}); train again"
        ) from None
    found = hashlib.sha256(data).hexdigest()
    if found != entry["sha256"]:
        raise ArtifactIntegrityError(
            f"{name} was changed after it was saved: expected SHA-256 {entry['sha256']}, found {found}; it was not "
            "opened. Train the model again or fetch the artifact again"
        )
    return data


def _check_golden_rows(artifact: Artifact) -> None:
    golden = artifact.manifest.content["golden_rows"]
    inputs = validate_inputs(input_data=golden["rows"], schema=artifact.schema)
    if inputs.errors:
        raise ArtifactIntegrityError("the golden rows do not pass the model's own schema; train the model again")
    outputs = predict_frame(artifact.pipeline, inputs.frame)
    same = (
        list(outputs.predictions) == golden["predictions"]
        and _are_close(outputs.probabilities, golden["probabilities"])
        if artifact.task == "classification"
        else _are_close(outputs.predictions, golden["predictions"])
    )
    if not same:
        raise ArtifactIntegrityError(
            f"the model does not repeat its golden rows: expected {golden['predictions'][:3]}, found "
            f"{list(outputs.predictions[:3])}; the libraries here compute something else than those it was trained "
            "with. Install the recorded versions (see the manifest) or train again"
        )


def _are_close(found: Any, expected: Any) -> bool:  # noqa: ANN401 - arrays or nested lists
    return bool(np.allclose(found, np.asarray(expected, dtype=float), rtol=GOLDEN_TOLERANCE, atol=0.0))
