"""Takes the model out of a wheel, as data: nothing of the wheel is installed, imported or run.

A wheel is a zip archive, and who sends one decides what is in it: names that lead elsewhere, and a few bytes that
unpack to more than the disk holds. All names and sizes are checked before the first byte is written, sizes once more
while they are.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from regression_model.artifact.manifest import SUFFIX
from regression_model.errors import ArtifactIntegrityError, ArtifactNotFoundError

_PACKAGE = "regression_model/"
_MODEL = f"{_PACKAGE}trained_models/"
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,199}")
_CHUNK_BYTES = 1 << 20
_ENCRYPTED = 0x1
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CORRUPT = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)
"""What zipfile raises, and lets through of what it calls, if the bytes are none of a wheel."""


@dataclass(frozen=True)
class WheelLimits:
    """What a wheel may hold.

    Attributes
    ----------
    n_members : int
        Files in it.
    n_bytes : int
        Of all files together, unpacked.
    """

    n_members: int = 10_000
    n_bytes: int = 2 * 1024**3


@dataclass(frozen=True)
class ModelFiles:
    """Where the files of a model lie.

    Attributes
    ----------
    place : Path
        A manifest, or the folder that holds one.
    code : mapping of str to str, or None
        Of a wheel: SHA-256 of each other file of the package, by its path below the package. None of anything else.
    """

    place: Path
    code: Mapping[str, str] | None = None


@contextlib.contextmanager
def opening_model_files(path: Path, *, limits: WheelLimits | None = None) -> Iterator[ModelFiles]:
    """Make the files of a model ready to be read, wherever they are.

    Parameters
    ----------
    path : Path
        A manifest, a folder, or a wheel (``.whl``), whose model is unpacked into a temporary folder for the time being.
    limits : WheelLimits, optional

    Yields
    ------
    ModelFiles

    Raises
    ------
    ArtifactNotFoundError
        If the wheel is not there or holds no model.
    ArtifactIntegrityError
        If it is no wheel, holds more than the limits allow, or names that lead elsewhere.
    """
    if path.suffix != ".whl":
        yield ModelFiles(path)
        return
    with tempfile.TemporaryDirectory(prefix="regression-model-wheel-") as folder:
        yield unpack_model(path, Path(folder), limits or WheelLimits())


def unpack_model(wheel: Path, folder: Path, limits: WheelLimits) -> ModelFiles:
    """Write the files of a wheel's model into a folder; see `opening_model_files`."""
    if wheel.is_dir():
        raise _refusal(wheel.name, "it is a folder")
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = _check_members(wheel.name, archive.infolist(), limits)
            code = {}
            for member in members:
                if member.filename.startswith(_MODEL):
                    _write(archive, member, folder / member.filename.removeprefix(_MODEL))
                elif member.filename.startswith(_PACKAGE):
                    code[member.filename.removeprefix(_PACKAGE)] = _digest(archive, member)
    except FileNotFoundError:
        raise ArtifactNotFoundError(f"there is no wheel {wheel}") from None
    except _CORRUPT as error:
        raise _refusal(wheel.name, f"it can't be unpacked ({error})") from None
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # a disk that is full, say
            raise
        raise _refusal(wheel.name, f"it can't be unpacked ({error})") from None
    if not any(folder.glob(f"*{SUFFIX}")):
        raise ArtifactNotFoundError(
            f"{wheel.name} holds no trained model (no *{SUFFIX} in {_MODEL}); it was built before one was trained"
        )
    return ModelFiles(folder, code)


def _check_members(name: str, members: list[zipfile.ZipInfo], limits: WheelLimits) -> list[zipfile.ZipInfo]:
    """Return the members that are files, once all of them are known to be harmless."""
    if len(members) > limits.n_members:
        raise _refusal(name, f"it holds {len(members):,} files, at most {limits.n_members:,} are read")
    total = sum(member.file_size for member in members)
    if total > limits.n_bytes:
        raise _refusal(name, f"it unpacks to {total:,} bytes, at most {limits.n_bytes:,} are read")
    seen = set[str]()
    for member in members:
        said = member.filename
        parts = PurePosixPath(said).parts
        if not said or said.startswith("/") or "\\" in said or ".." in parts or ":" in said:
            raise _refusal(name, f"it names a file outside of its folder: {said!r:.100}")
        if said in seen:
            raise _refusal(name, f"it holds {said!r:.100} twice")
        if member.flag_bits & _ENCRYPTED:
            raise _refusal(name, f"{said!r:.100} is encrypted")
        if member.compress_type not in _COMPRESSIONS:
            raise _refusal(name, f"{said!r:.100} is compressed in another way than wheels are")
        if said.startswith(_MODEL) and said != _MODEL and not _FILE_NAME.fullmatch(said.removeprefix(_MODEL)):
            raise _refusal(name, f"{said!r:.100} is no name of a model's file")
        seen.add(said)
    return [member for member in members if not member.is_dir()]


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    """Write one file under a name of ours; links and permissions of the archive mean nothing here."""
    with path.open("xb") as out:
        for chunk in _read_chunks(archive, member):
            out.write(chunk)


def _digest(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    digest = hashlib.sha256()
    for chunk in _read_chunks(archive, member):
        digest.update(chunk)
    return digest.hexdigest()


def _read_chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the bytes of a member, never more than it said that it has."""
    left = member.file_size
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise zipfile.BadZipFile(f"{member.filename!r:.100} is longer than it says")
            yield chunk


def _refusal(name: str, reason: str) -> ArtifactIntegrityError:
    return ArtifactIntegrityError(f"{name} is refused: {reason}. Fetch the wheel again from an index that you trust")
