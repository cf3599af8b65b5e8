"""The files of an artifact: what each is for, how it is named, and whether its bytes are those that were saved."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from regression_model.compiled.program import ARRAYS_SUFFIX, BOOSTER_SUFFIX, JSON_SUFFIX
from regression_model.errors import ArtifactIntegrityError, ArtifactNotFoundError

PIPELINE = "pipeline"
COMPILED = {"compiled": JSON_SUFFIX, "compiled_arrays": ARRAYS_SUFFIX, "booster": BOOSTER_SUFFIX}
"""Entries of the compiled form, which are data; the first is there if any is."""

SUFFIXES = {PIPELINE: ".joblib", **COMPILED}
"""Ends of the files' names, by the entry in the manifest."""

_DIGEST_LENGTH = 12
"""Characters of the digest in a file's name: a file never takes the name of one that a manifest in use refers to."""


def describe_file(stem: str, kind: str, data: bytes) -> dict[str, Any]:
    """Return what the manifest says of a file: ``name``, ``sha256`` and ``n_bytes``.

    Parameters
    ----------
    stem : str
        Beginning of the name, such as ``house_prices_output_v0.1.0``.
    kind : str
        One of `SUFFIXES`.
    data : bytes
    """
    digest = hashlib.sha256(data).hexdigest()
    return {"name": f"{stem}.{digest[:_DIGEST_LENGTH]}{SUFFIXES[kind]}", "sha256": digest, "n_bytes": len(data)}


def is_entry(entry: object) -> bool:
    """Tell whether what a manifest says of a file is an entry: a name and a digest."""
    return isinstance(entry, Mapping) and all(isinstance(entry.get(key), str) for key in ("name", "sha256"))


def check_file(folder: Path, entry: Mapping[str, Any]) -> None:
    """Check the bytes of a file, without a look at what they say.

    Raises
    ------
    ArtifactNotFoundError
        If it can't be read.
    ArtifactIntegrityError
        If a byte was changed, or the name leads out of the folder.
    """
    path = _path(folder, entry)
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _not_readable(path, error) from None
    _check_digest(path.name, entry, found)


def read_checked(folder: Path, entry: Mapping[str, Any]) -> bytes:
    """Read a file whole and check its bytes; see `check_file`."""
    path = _path(folder, entry)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _not_readable(path, error) from None
    _check_digest(path.name, entry, hashlib.sha256(data).hexdigest())
    return data


def _path(folder: Path, entry: Mapping[str, Any]) -> Path:
    name = str(entry["name"])
    if Path(name).name != name or "\0" in name:
        raise ArtifactIntegrityError(f"the manifest names a file outside its folder: {name!r}")
    return folder / name


def _not_readable(path: Path, error: OSError) -> ArtifactNotFoundError:
    return ArtifactNotFoundError(
        f"the manifest names {path.name}, which can't be read in {path.parent} ({error.strerror}); train again"
    )


def _check_digest(name: str, entry: Mapping[str, Any], found: str) -> None:
    if found != entry["sha256"]:
        raise ArtifactIntegrityError(
            f"{name} was changed after it was saved: expected SHA-256 {entry['sha256']}, found {found}; it was not "
            "opened. Train the model again or fetch the artifact again"
        )
