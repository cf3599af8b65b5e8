"""Signs saved models, and says who has signed one."""

from __future__ import annotations

from pathlib import Path

from regression_model.artifact.files import check_file
from regression_model.artifact.loading import find_manifest, read_manifest
from regression_model.artifact.signatures import Signature, read_signature, signature_path, signed_message
from regression_model.artifact.signing_keys import find_key_id, read_private_key
from regression_model.artifact.writing import lock_folder, write_atomically
from regression_model.errors import ArtifactSignatureError


def sign_artifact(path: str | Path | None, key_file: Path, *, passphrase: str | None = None) -> Path:
    """Sign a saved model, after a check that its files are those that were saved; a signature before is replaced.

    Nothing of it is opened: what it computes is for the signer to know.

    Parameters
    ----------
    path : str or Path, optional
        A manifest, or a folder that holds one. By default the published model inside the package.
    key_file : Path
        The private key, see `regression_model.artifact.signing_keys.create_key`.
    passphrase : str, optional
        Of that key.

    Returns
    -------
    Path
        The signature.

    Raises
    ------
    ArtifactNotFoundError, ArtifactIntegrityError
        If the model is not there, or not what was saved.
    ArtifactWriteError
        If the signature can't be written.
    SigningKeyError
        If the key can't be used.
    MissingExtraError
        If the extra ``signing`` is not installed.
    """
    key = read_private_key(key_file, passphrase=passphrase)
    file = find_manifest(path)
    # Nobody else replaces the model between the reading and the writing.
    with lock_folder(file.parent):
        found = read_manifest(file)
        for entry in found.manifest.content["files"].values():
            check_file(found.folder, entry)
        # These are the bytes that were read: a manifest is refused unless it is in its one canonical form.
        value = key.sign(signed_message(found.manifest.to_bytes()))
        target = signature_path(file)
        write_atomically(target, Signature(find_key_id(key.public_key()), value).to_bytes())
    return target


def verify_signature(path: str | Path | None, trusted_keys: str | Path) -> str:
    """Check that a saved model is signed by somebody who is trusted, and that its files are those that were signed.

    Nothing of it is opened: no file is parsed before its signature, or its digest, is found right.

    Parameters
    ----------
    path : str or Path, optional
        A manifest, or a folder that holds one. By default the published model inside the package.
    trusted_keys : str or Path
        File of the public keys, in PEM.

    Returns
    -------
    str
        Id of the key that it is signed with.

    Raises
    ------
    ArtifactSignatureError
        If it is not signed, by another key, or its manifest was changed since.
    ArtifactNotFoundError, ArtifactIntegrityError
        If there is no manifest, or one of the other files is gone or was changed.
    SigningKeyError
        If the keys can't be used.
    MissingExtraError
        If the extra ``signing`` is not installed.
    """
    found = read_manifest(path, trusted_keys)
    for entry in found.manifest.content["files"].values():
        check_file(found.folder, entry)
    assert found.signed_by is not None
    return found.signed_by


def describe_signer(path: str | Path | None) -> str:
    """Say, for people, who says to have signed a model; whether that is true is not checked, and needs no library."""
    try:
        signature = read_signature(find_manifest(path))
    except ArtifactSignatureError as error:
        return str(error)
    if signature is None:
        return "nobody"
    return f"{signature.key_id} (not checked here; 'regression-model verify-signature' does)"
