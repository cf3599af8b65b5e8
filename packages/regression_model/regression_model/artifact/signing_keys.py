"""The keys that models are signed with: Ed25519, in PEM files as other tools read and write them.

A private key is for one file that nobody but its owner may read. Public keys are no secret: any number of them lie in
one file, which says whose signatures are trusted.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from regression_model.errors import MissingExtraError, SigningKeyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PUBLIC_SUFFIX = ".pub"
"""End of the name of a public key, behind the name of its private key."""

_LONGEST_PASSPHRASE_BYTES = 1023  # OpenSSL takes no more
_LARGEST_BYTES = 1_000_000  # thousands of keys; whatever is larger is another file
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\r?\n.*?-----END \1-----", re.DOTALL)


def create_key(file: Path, *, passphrase: str | None = None) -> str:
    """Make a key: the private one in `file`, with mode 0600, and the public one beside it.

    Parameters
    ----------
    file : Path
        Must not be there yet, nor ``<file>.pub``: a key that is lost can't be had again.
    passphrase : str, optional
        Encrypts the private key; at most 1023 bytes in UTF-8.

    Returns
    -------
    str
        The key's id.

    Raises
    ------
    SigningKeyError
        If one of the files is there, or can't be written, or the passphrase is too long or no text.
    MissingExtraError
        If the extra ``signing`` is not installed.
    """
    check_cryptography()
    from cryptography.hazmat.primitives import serialization as pem
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    secret = pem.BestAvailableEncryption(_encode(passphrase)) if passphrase else pem.NoEncryption()
    private = key.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, secret)
    public = key.public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo)
    beside = file.with_name(f"{file.name}{PUBLIC_SUFFIX}")
    # The private key first: it says what the public one is, should nobody get to write that.
    _write_new(file, private, 0o600, remedy=_explain_lonely(file, beside))
    try:
        _write_new(beside, public, 0o644)
    except BaseException:
        file.unlink(missing_ok=True)  # a moment ago it was not there
        raise
    return find_key_id(key.public_key())


def read_private_key(file: Path, *, passphrase: str | None = None) -> Ed25519PrivateKey:
    """Read a private key that nobody but its owner can read or write.

    Raises
    ------
    SigningKeyError
        If it can't be read, others may read it, it is no Ed25519 key, or the passphrase is lacking or wrong.
    MissingExtraError
        If the extra ``signing`` is not installed.
    """
    check_cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data, mode = _read(file)
    if b"PRIVATE KEY-----" not in data:
        raise SigningKeyError(
            f"{file} holds no private key in PEM; make one with 'regression-model signing-key create'"
        )
    _check_mode(file, mode, others_may_not=0o077, remedy="chmod 600")
    is_encrypted = b"-----BEGIN ENCRYPTED PRIVATE KEY-----" in data
    if is_encrypted and not passphrase:
        raise SigningKeyError(f"{file} is encrypted; name the variable with its passphrase with --passphrase-env")
    if passphrase and not is_encrypted:
        raise SigningKeyError(f"{file} is not encrypted, but a passphrase was given for it; is it another key?")
    try:
        key = load_pem_private_key(data, _encode(passphrase) if passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        guess = (
            "the passphrase is another one, or the file is damaged"
            if is_encrypted
            else "the file is damaged, or not PKCS8"
        )
        raise SigningKeyError(f"{file} can't be read as a private key: {guess}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(f"{file} holds a key of another kind than Ed25519; make one with 'signing-key create'")
    return key


def read_trusted_keys(file: Path) -> Mapping[str, Ed25519PublicKey]:
    """Read public keys, in PEM, one after the other; blank lines and lines that begin with ``#`` may lie between.

    Parameters
    ----------
    file : Path
        Not writable for everybody: whoever adds a key is trusted.

    Returns
    -------
    mapping of str to Ed25519PublicKey
        By their ids; at least one.

    Raises
    ------
    SigningKeyError
        If it can't be read, or anything else than such keys is in it.
    MissingExtraError
        If the extra ``signing`` is not installed.
    """
    check_cryptography()
    data, mode = _read(file)
    _check_mode(file, mode, others_may_not=0o002, remedy="chmod o-w")
    rest = [line.strip() for line in _BLOCK.sub(b"", data).splitlines()]
    odd = next((line for line in rest if line and not line.startswith(b"#")), None)
    if odd is not None:
        raise SigningKeyError(f"{file} holds more than public keys in PEM and comments, such as {_show(odd)}")
    keys = [_read_public(file, found) for found in _BLOCK.finditer(data)]
    if not keys:
        raise SigningKeyError(f"{file} holds no public key; add those of whoever may sign (the files *{PUBLIC_SUFFIX})")
    return {find_key_id(key): key for key in keys}


def find_key_id(key: Ed25519PublicKey) -> str:
    """Return the id of a key: the SHA-256, in hexadecimal, of the 32 bytes of the public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def check_cryptography() -> None:
    """Check that the library is there, which only those need who sign or check signatures.

    Raises
    ------
    MissingExtraError
    """
    try:
        import cryptography  # noqa: F401 - whether it is there
    except ImportError as error:
        raise MissingExtraError("A signature", "signing") from error


def _encode(passphrase: str) -> bytes:
    try:
        encoded = passphrase.encode()
    except UnicodeEncodeError:
        raise SigningKeyError("the passphrase is no text in UTF-8; choose another one") from None
    if len(encoded) > _LONGEST_PASSPHRASE_BYTES:
        raise SigningKeyError(
            f"the passphrase has {len(encoded)} bytes; expected at most {_LONGEST_PASSPHRASE_BYTES}, which is what "
            "PEM files are encrypted with"
        )
    return encoded


def _explain_lonely(file: Path, beside: Path) -> str:
    """Say what to do about a private key that is there without its public one, as after an interruption."""
    if beside.exists():
        return "choose another name"
    return f"choose another name, or have its public key written by 'openssl pkey -in {file} -pubout -out {beside}'"


def _read_public(file: Path, found: re.Match[bytes]) -> Ed25519PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    label = found[1].decode()
    if "PRIVATE" in label:
        raise SigningKeyError(f"{file} holds a private key, which is for nobody but its owner; name its public key")
    if label != "PUBLIC KEY":
        raise SigningKeyError(f"{file} holds a {label}; expected PUBLIC KEY")
    try:
        key = load_pem_public_key(found[0] + b"\n")
    except (ValueError, UnsupportedAlgorithm):
        raise SigningKeyError(f"{file} holds a public key that can't be read; copy it again") from None
    if not isinstance(key, Ed25519PublicKey):
        raise SigningKeyError(f"{file} holds a public key of another kind than Ed25519")
    return key


def _read(file: Path) -> tuple[bytes, int]:
    """Return a file's bytes and its mode: that of the file which was opened, whatever has its name by now."""
    try:
        # O_NONBLOCK: a named pipe must not make us wait for its writer; it is refused below.
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as stream:
            status = os.fstat(stream.fileno())
            data = stream.read(_LARGEST_BYTES + 1) if stat.S_ISREG(status.st_mode) else b""
    except OSError as error:
        raise SigningKeyError(f"{file} can't be read: {error.strerror or error}") from None
    if not stat.S_ISREG(status.st_mode) or len(data) > _LARGEST_BYTES:
        raise SigningKeyError(f"{file} is no file of keys")
    return data, stat.S_IMODE(status.st_mode)


def _check_mode(file: Path, mode: int, *, others_may_not: int, remedy: str) -> None:
    if mode & others_may_not:
        raise SigningKeyError(f"{file} has mode {mode:04o}, which lets others use it; run '{remedy}' on it")


def _write_new(file: Path, data: bytes, mode: int, *, remedy: str = "choose another name") -> None:
    """Write a file that must not be there yet; half of one is left to nobody."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise SigningKeyError(f"{file} is there already, and a key is never overwritten; {remedy}") from None
    except OSError as error:
        raise SigningKeyError(f"{file} can't be written: {error.strerror or error}") from None
    try:
        with os.fdopen(descriptor, "wb") as stream:
            os.fchmod(stream.fileno(), mode)  # whatever the umask says
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException as error:
        with contextlib.suppress(OSError):
            file.unlink()
        if isinstance(error, OSError):
            raise SigningKeyError(f"{file} can't be written: {error.strerror or error}") from None
        raise


def _show(line: bytes) -> str:
    """Show the beginning of a line, which may be anything."""
    return repr(line[:40].decode("ascii", "replace"))
