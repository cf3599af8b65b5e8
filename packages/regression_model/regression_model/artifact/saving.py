"""Saves a fitted pipeline: first its bytes, then, as the commit point, the manifest that names them."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import joblib
from sklearn.pipeline import Pipeline

from regression_model.artifact.manifest import SUFFIX, Manifest
from regression_model.artifact.writing import lock_folder, write_atomically
from regression_model.processing.datasets.atomic import PART_SUFFIX

_PICKLE_PROTOCOL = 5  # fixed, so that a newer Python does not write other bytes


def save_pipeline(pipeline: Pipeline, *, folder: Path, facts: Mapping[str, Any]) -> Path:
    """Save a fitted pipeline with its manifest, then remove the versions that it replaces.

    The pipeline's file carries the beginning of its digest in its name, so it never overwrites one that a manifest
    in use refers to. A crash, a kill or a full disk at any moment leaves the artifact before in working order.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    folder : Path
        Made if it is not there.
    facts : mapping
        The manifest's content but for ``files`` and the digest; ``pipeline_name`` and ``model_version`` give the
        files their names.

    Returns
    -------
    Path
        The manifest.

    Raises
    ------
    ArtifactWriteError
        If a file can't be written.
    """
    data = _dump(pipeline)
    digest = hashlib.sha256(data).hexdigest()
    stem = f"{facts['pipeline_name']}_output_v{facts['model_version']}"
    name = f"{stem}.{digest[:12]}.joblib"
    files = {"pipeline": {"name": name, "sha256": digest, "n_bytes": len(data)}}
    manifest = Manifest.seal({**facts, "files": files})
    path = folder / manifest.file_name
    with lock_folder(folder):
        write_atomically(folder / name, data)
        write_atomically(path, manifest.to_bytes())
        _remove_older(folder, manifest)
    return path


def _dump(pipeline: Pipeline) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(pipeline, buffer, compress=0, protocol=_PICKLE_PROTOCOL)
    return buffer.getvalue()


def _remove_older(folder: Path, current: Manifest) -> None:
    """Remove the other versions of this pipeline, and files of it that no manifest names."""
    # Versions hold no underscore, so the files of a pipeline whose name begins with this one's do not match.
    mine = re.compile(rf"\.?{re.escape(current.pipeline_name)}_output_v[0-9][^_]*")
    kept = {current.file_name} | {entry["name"] for entry in current.content["files"].values()}
    others = [path for path in folder.iterdir() if mine.fullmatch(path.name) and path.name not in kept]
    # Manifests first: one that is left behind must not name files that are gone.
    for path in sorted(others, key=lambda path: (not path.name.endswith(SUFFIX), path.name)):
        if path.name.endswith((SUFFIX, ".joblib", PART_SUFFIX)):
            path.unlink(missing_ok=True)
