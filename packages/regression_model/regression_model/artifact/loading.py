"""Loads a saved model, and refuses whatever is not what was saved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.artifact.files import COMPILED, PIPELINE, SUFFIXES, check_file, is_entry, read_checked
from regression_model.artifact.golden_rows import check_compiled
from regression_model.artifact.manifest import SUFFIX, Manifest
from regression_model.artifact.manifest_checks import check_content
from regression_model.artifact.model import Artifact
from regression_model.artifact.signatures import check_signature
from regression_model.errors import ArtifactError, ArtifactIntegrityError, ArtifactNotFoundError

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from regression_model.compiled import CompiledPipeline

_NEEDED = ("pipeline_name", "model_version", "task", "classes", "files", "schema", "libraries", "golden_rows")


def published_folder() -> Path:
    """Return the folder inside the package where the published model lies."""
    return Path(str(files("regression_model"))) / "trained_models"


def load_artifact(
    path: str | Path | None = None,
    *,
    accept_sklearn: str | None = None,
    trusted_keys: str | Path | None = None,
    digest: str | None = None,
    closed: bool = False,
) -> Artifact:
    """Load a saved model for predictions, in its compiled form if it has one.

    The compiled form is data, and is checked as such: nothing is unpickled, and neither scikit-learn nor pandas is
    imported. Of the pickled pipeline only the digest is checked; it is opened when `Artifact.pipeline` is first asked
    for. A model without a compiled form is loaded as by `load_pipeline`.

    Parameters
    ----------
    path : str or Path, optional
        A manifest, or a folder that holds one. By default the published model inside the package.
    accept_sklearn : str, optional
        See `load_pipeline`; it matters only if the pipeline is opened.
    trusted_keys : str or Path, optional
        A file of public keys, in PEM: only a model that is signed with one of them is loaded. Nothing but the
        manifest's bytes and its signature is read before. By default no signature is looked for.
    digest : str, optional
        SHA-256 of the manifest: no other model is loaded. By default any is.
    closed : bool
        Whether the pickled pipeline stays closed in this process, whatever is asked of the model: then
        `Artifact.pipeline` raises `ArtifactError`. A model without a compiled form does not predict by itself then; see
        `regression_model.execution.PredictionProcess`.

    Returns
    -------
    Artifact

    Raises
    ------
    ArtifactNotFoundError
        If there is no manifest, several, or one of its files is gone.
    ArtifactIntegrityError
        If a byte was changed, the model does not repeat the predictions that were recorded, or it has another digest
        than `digest`.
    ArtifactVersionError
        If the pipeline has to be opened, and scikit-learn's minor version is not the one it was trained with.
    ArtifactSignatureError
        If it has to be signed and is not, or by another key, or was changed since.
    SigningKeyError, MissingExtraError
        If the keys can't be used, or the extra ``signing`` is not installed.
    """
    found = read_manifest(path, trusted_keys)
    manifest, folder = found.manifest, found.folder
    if digest is not None and manifest.digest != digest:
        raise ArtifactIntegrityError(
            f"expected the model with the digest {digest}, found {manifest.digest}: another one was put in its place; "
            "load it anew"
        )
    compiled = _link_compiled(manifest, folder)
    opener = _refuse_to_open if closed else partial(_open_pipeline, manifest, folder, accept_sklearn)
    artifact = Artifact(opener, manifest, compiled, found.signed_by)
    if compiled is None and not closed:
        _ = artifact.pipeline
    else:
        check_file(folder, manifest.content["files"][PIPELINE])
    if compiled is not None:
        check_compiled(compiled, manifest.content["golden_rows"])
    return artifact


def needs_unpickling(path: str | Path | None = None) -> bool:
    """Say whether a saved model has no compiled form, so that it predicts by its pickled pipeline only.

    Nothing but the manifest is read.

    Parameters
    ----------
    path : str or Path, optional
        A manifest, or a folder that holds one. By default the published model inside the package.

    Raises
    ------
    ArtifactNotFoundError, ArtifactIntegrityError
        See `load_artifact`.
    """
    return "compiled" not in read_manifest(path).manifest.content["files"]


def load_pipeline(
    path: str | Path | None = None, *, accept_sklearn: str | None = None, trusted_keys: str | Path | None = None
) -> Artifact:
    """Load the scikit-learn pipeline of a saved model, which then also makes the predictions.

    The manifest is read first. Nothing is unpickled before all digests agree.

    Parameters
    ----------
    path : str or Path, optional
        A manifest, or a folder that holds one. By default the published model inside the package.
    accept_sklearn : str, optional
        Name a scikit-learn version here (``"1.8"``) to load a model that was trained with it although another one
        is installed; the golden rows are checked all the same.
    trusted_keys : str or Path, optional
        See `load_artifact`.

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
    ArtifactSignatureError, SigningKeyError, MissingExtraError
        See `load_artifact`.
    """
    found = read_manifest(path, trusted_keys)
    manifest, folder = found.manifest, found.folder
    for kind in COMPILED:
        if kind in manifest.content["files"]:
            check_file(folder, manifest.content["files"][kind])
    return Artifact(_open_pipeline(manifest, folder, accept_sklearn), manifest, signed_by=found.signed_by)


@dataclass(frozen=True)
class FoundManifest:
    """A manifest that was found and checked.

    Attributes
    ----------
    manifest : Manifest
    folder : Path
        Where it lies, and the other files with it.
    signed_by : str or None
        Id of the key that it is signed with, if that was to be checked.
    """

    manifest: Manifest
    folder: Path
    signed_by: str | None


def read_manifest(path: str | Path | None, trusted_keys: str | Path | None = None) -> FoundManifest:
    """Read the manifest of a model, and none of the other files; see `load_artifact`."""
    file = find_manifest(path)
    data = file.read_bytes()
    # Before the bytes are even parsed.
    signed_by = None if trusted_keys is None else check_signature(file, data, Path(trusted_keys))
    manifest = Manifest.from_bytes(data, file.name)
    _check_complete(manifest)
    return FoundManifest(manifest, file.parent, signed_by)


def find_manifest(path: str | Path | None) -> Path:
    """Return the file of a manifest.

    Parameters
    ----------
    path : str or Path, optional
        It, or a folder that holds one. By default that of the published model inside the package.

    Raises
    ------
    ArtifactNotFoundError
        If there is none, or several.
    """
    path = Path(path) if path is not None else published_folder()
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
    if not lacking:
        lacking = _check_entries(manifest.content["files"], has_compiled=bool(manifest.content.get("compiled")))
    if lacking:
        raise ArtifactIntegrityError(f"the manifest lacks {', '.join(lacking)}; train the model again")
    check_content(manifest.content)


def _check_entries(entries: Any, *, has_compiled: bool) -> list[str]:  # noqa: ANN401 - whatever the manifest says
    """Return the entries that should be there; refuse those that should not."""
    if not isinstance(entries, dict) or not all(map(is_entry, entries.values())):
        raise ArtifactIntegrityError("the manifest's files are not each a name and a SHA-256; train the model again")
    unknown = sorted(set(entries) - (set(SUFFIXES) if has_compiled else {PIPELINE}))
    if unknown:
        raise ArtifactIntegrityError(f"the manifest names files that can't belong to this model: {', '.join(unknown)}")
    expected = (PIPELINE, "compiled") if has_compiled else (PIPELINE,)
    return [f"files.{kind}" for kind in expected if kind not in entries]


def _pipeline_of(file: Path) -> str:
    return file.name.rpartition("_output_v")[0]


def _link_compiled(manifest: Manifest, folder: Path) -> CompiledPipeline | None:
    """Read the compiled form, if there is one, and make it ready."""
    entries = manifest.content["files"]
    if "compiled" not in entries:
        return None
    from regression_model.compiled import CompiledPipeline, Program

    found = {suffix: read_checked(folder, entries[kind]) for kind, suffix in COMPILED.items() if kind in entries}
    return CompiledPipeline(Program.from_files(found), manifest.schema)


def _refuse_to_open() -> Pipeline:
    raise ArtifactError(
        "the pickled pipeline of this model stays closed in this process; load the model without 'closed', or predict "
        "in a process of its own"
    )


def _open_pipeline(manifest: Manifest, folder: Path, accept_sklearn: str | None) -> Pipeline:
    from regression_model.artifact.unpickling import open_pipeline

    return open_pipeline(manifest, folder, accept_sklearn)
