"""Signatures of manifests: who vouches for a saved model.

A manifest names all other files of a model by their digests, so whoever signs its bytes signs all of it. The signature
lies beside it, ``<manifest>.sig``: canonical JSON with ``algorithm``, ``key_id`` and ``signature``. What is signed is a
line that says what it is for, so that no signature for another purpose passes for one, and the manifest's bytes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from regression_model.artifact.manifest import SUFFIX
from regression_model.artifact.signing_keys import read_trusted_keys
from regression_model.errors import ArtifactSignatureError

SIGNATURE_SUFFIX = ".sig"
"""End of a signature's name, behind the name of the manifest."""

SIGNED_SUFFIX = f"{SUFFIX}{SIGNATURE_SUFFIX}"
"""The whole end of a signature's name."""

ALGORITHM = "ed25519"
_DOMAIN = b"regression-model: manifest of a saved model, version 1\n"
_LARGEST_BYTES = 10_000


@dataclass(frozen=True)
class Signature:
    """A signature, whether or not anybody has checked it.

    Attributes
    ----------
    key_id : str
        SHA-256 of the public key, in hexadecimal.
    value : bytes
        64 of them.
    """

    key_id: str
    value: bytes

    def to_bytes(self) -> bytes:
        """Write the canonical form: sorted keys, indented by one, a newline at the end."""
        content = {"algorithm": ALGORITHM, "key_id": self.key_id, "signature": self.value.hex()}
        return json.dumps(content, sort_keys=True, indent=1).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> Signature:
        """Read the canonical form, and nothing but that.

        Raises
        ------
        ValueError
        """
        try:
            content = json.loads(data)
        except RecursionError:
            raise ValueError("no signature") from None
        if not isinstance(content, dict):
            raise ValueError("no signature")
        key_id, value = content.get("key_id"), content.get("signature")
        if not (_is_hexadecimal(key_id, 64) and _is_hexadecimal(value, 128)):
            raise ValueError("no signature")
        found = cls(str(key_id), bytes.fromhex(str(value)))
        if found.to_bytes() != data:
            raise ValueError("no signature in canonical form")
        return found


def signature_path(manifest: Path) -> Path:
    """Return where the signature of a manifest lies, if there is one."""
    return manifest.with_name(f"{manifest.name}{SIGNATURE_SUFFIX}")


def signed_message(data: bytes) -> bytes:
    """Return what is signed for a manifest of these bytes."""
    return _DOMAIN + data


def read_signature(manifest: Path) -> Signature | None:
    """Read the signature of a manifest without a check of what it says.

    Returns
    -------
    Signature or None
        None if there is none.

    Raises
    ------
    ArtifactSignatureError
        If the file is no signature.
    """
    path = signature_path(manifest)
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
        return Signature.from_bytes(data)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ArtifactSignatureError(f"{path} can't be read: {error.strerror or error}") from None
    except ValueError:
        raise ArtifactSignatureError(f"{path.name} is no signature of a model; sign the model again") from None


def check_signature(manifest: Path, data: bytes, trusted_keys: Path) -> str:
    """Check that somebody who is trusted has signed these bytes.

    Parameters
    ----------
    manifest : Path
        Its signature lies beside it.
    data : bytes
        The manifest's bytes, as they will be used: what is read again later may be something else.
    trusted_keys : Path
        File of the public keys, see `read_trusted_keys`.

    Returns
    -------
    str
        Id of the key.

    Raises
    ------
    ArtifactSignatureError
        If there is no signature, it is by another key, or not of these bytes.
    SigningKeyError
        If the keys can't be used.
    MissingExtraError
        If the extra ``signing`` is not installed.
    """
    keys = read_trusted_keys(trusted_keys)
    from cryptography.exceptions import InvalidSignature

    signature = read_signature(manifest)
    if signature is None:
        raise ArtifactSignatureError(
            f"{manifest.name} is not signed, and only models that are signed by a key in {trusted_keys} may be loaded; "
            "let whoever answers for it run 'regression-model sign'"
        )
    key = keys.get(signature.key_id)
    if key is None:
        raise ArtifactSignatureError(
            f"{manifest.name} is signed with the key {signature.key_id}, which is none of the {len(keys)} in "
            f"{trusted_keys}; take a model that is signed with one of those, or add the key if you trust its owner"
        )
    try:
        key.verify(signature.value, signed_message(data))
    except InvalidSignature:
        raise ArtifactSignatureError(
            f"the signature of {manifest.name} is not of these bytes: the manifest or its signature was changed after "
            "the signing; fetch both again, or have the model signed again"
        ) from None
    return signature.key_id


def _is_hexadecimal(value: object, length: int) -> bool:
    return isinstance(value, str) and re.fullmatch(rf"[0-9a-f]{{{length}}}", value) is not None
