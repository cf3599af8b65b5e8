"""Saves a fitted pipeline: first the bytes of its forms, then, as the commit point, the manifest that names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn.pipeline import Pipeline

from regression_model.artifact.files import COMPILED, PIPELINE, SUFFIXES, describe_file
from regression_model.artifact.manifest import SUFFIX, Manifest
from regression_model.artifact.pickling import dump
from regression_model.artifact.signatures import SIGNED_SUFFIX
from regression_model.artifact.writing import lock_folder, write_atomically
from regression_model.processing.datasets.atomic import PART_SUFFIX

if TYPE_CHECKING:
    from regression_model.compiled import Program


def save_pipeline(
    pipeline: Pipeline, *, folder: Path, facts: Mapping[str, Any], program: Program | None = None
) -> Path:
    """Save a fitted pipeline with its manifest, then remove the versions that it replaces.

    Each file carries the beginning of its digest in its name, so it never overwrites one that a manifest in use
    refers to. A crash, a kill or a full disk at any moment leaves the artifact before in working order.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    folder : Path
        Made if it is not there.
    facts : mapping
        The manifest's content but for ``files``, ``compiled`` and the digest; ``pipeline_name`` and
        ``model_version`` give the files their names.
    program : Program, optional
        The compiled form, if there is one; that it predicts the same is for the caller to prove.

    Returns
    -------
    Path
        The manifest.

    Raises
    ------
    ArtifactWriteError
        If a file can't be written.
    """
    contents = {PIPELINE: dump(pipeline), **_write_program(program)}
    stem = f"{facts['pipeline_name']}_output_v{facts['model_version']}"
    files = {kind: describe_file(stem, kind, data) for kind, data in contents.items()}
    manifest = Manifest.seal({**facts, "compiled": program is not None, "files": files})
    path = folder / manifest.file_name
    with lock_folder(folder):
        for kind, data in contents.items():
            write_atomically(folder / files[kind]["name"], data)
        write_atomically(path, manifest.to_bytes())
        _remove_older(folder, manifest)
    return path


def _write_program(program: Program | None) -> dict[str, bytes]:
    """Return the files of the compiled form by their entry in the manifest."""
    written = program.to_files("") if program is not None else {}
    return {kind: written[suffix] for kind, suffix in COMPILED.items() if suffix in written}


def _remove_older(folder: Path, current: Manifest) -> None:
    """Remove the other versions of this pipeline, signatures, and files of it that no manifest names.

    A signature under the current name is of a model that was there before: nobody can have signed this one yet.
    """
    # Versions hold no underscore, so the files of a pipeline whose name begins with this one's do not match.
    mine = re.compile(rf"\.?{re.escape(current.pipeline_name)}_output_v[0-9][^_]*")
    kept = {current.file_name} | {entry["name"] for entry in current.content["files"].values()}
    others = [path for path in folder.iterdir() if mine.fullmatch(path.name) and path.name not in kept]
    # Manifests first: one that is left behind must not name files that are gone.
    for path in sorted(others, key=lambda path: (not path.name.endswith(SUFFIX), path.name)):
        if path.name.endswith((SUFFIX, SIGNED_SUFFIX, *SUFFIXES.values(), PART_SUFFIX)):
            path.unlink(missing_ok=True)
