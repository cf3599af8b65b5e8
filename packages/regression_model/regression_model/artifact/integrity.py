"""Checks the bytes of a saved model without opening any of its files, whatever release of the package saved it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from regression_model.artifact.files import PIPELINE, check_file, is_entry
from regression_model.artifact.loading import find_manifest
from regression_model.artifact.manifest import Manifest
from regression_model.errors import ArtifactIntegrityError


@dataclass(frozen=True)
class CheckedFiles:
    """A model whose files are those that its manifest names.

    Attributes
    ----------
    manifest : Manifest
    file : Path
        Where it lies, and the others beside it; its name is not always that which a manifest should have.
    digests : mapping of str to str
        SHA-256 of each other file, by its entry in the manifest.
    """

    manifest: Manifest
    file: Path
    digests: Mapping[str, str]


def check_model_files(place: str | Path | None) -> CheckedFiles:
    """Check the digest of a manifest, then those of all files that it names.

    Nothing is unpickled, and of the manifest only what is needed for that is looked at.

    Parameters
    ----------
    place : str or Path, optional
        A manifest, or a folder that holds one. By default the published model inside the package.

    Returns
    -------
    CheckedFiles

    Raises
    ------
    ArtifactNotFoundError
        If there is no manifest, several, or one of the files is gone.
    ArtifactIntegrityError
        If a byte was changed.
    """
    file = find_manifest(place)
    manifest = Manifest.from_file(file)
    entries = manifest.content.get("files")
    if not isinstance(entries, dict) or PIPELINE not in entries or not all(map(is_entry, entries.values())):
        raise ArtifactIntegrityError(f"{file.name} does not name its files, each with a SHA-256; train the model again")
    for entry in entries.values():
        check_file(file.parent, entry)
    return CheckedFiles(manifest, file, {kind: str(entry["sha256"]) for kind, entry in entries.items()})
