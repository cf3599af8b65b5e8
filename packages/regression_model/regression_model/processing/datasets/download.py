"""A file from a URL into a folder: verified first, then there, all of it."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from regression_model.errors import DownloadError
from regression_model.processing.datasets.atomic import PART_SUFFIX, replacing
from regression_model.processing.datasets.shown_url import hide_secrets
from regression_model.processing.datasets.transfer import DownloadSettings, Progress, transfer

if TYPE_CHECKING:
    from pathlib import Path

# A temporary file that old belongs to a process that was killed.
_ABANDONED_AFTER_S = 24 * 3600.0


@dataclass(frozen=True)
class DownloadRecord:
    """What a download brought.

    Attributes
    ----------
    url : str
        As asked for; redirects are not recorded, they may be signed for the moment.
    sha256 : str
        Of the file's bytes, in hexadecimal.
    n_bytes : int
        Length of the file.
    """

    url: str
    sha256: str
    n_bytes: int


@dataclass(frozen=True)
class Digests:
    """The digests that a file must have, in hexadecimal; None is not checked.

    Attributes
    ----------
    sha256 : str or None
        As pinned in a config.
    md5 : str or None
        As OpenML states; it guards against damage, not against forgery.
    """

    sha256: str | None = None
    md5: str | None = None


def download(
    url: str,
    target: Path,
    *,
    expected: Digests | None = None,
    settings: DownloadSettings | None = None,
    progress: Progress | None = None,
) -> DownloadRecord:
    """Download a file, check its digests and put it under its name in one step.

    Under the final name there is the old file or the complete new one, whatever interrupts.

    Parameters
    ----------
    url : str
        An http or https URL.
    target : pathlib.Path
        The file's name. Its folder is made if need be.
    expected : Digests, optional
        What the file's bytes must hash to. By default anything is taken.
    settings : DownloadSettings, optional
        Limits, waits and retries.
    progress : Progress, optional
        Told how far it is.

    Returns
    -------
    DownloadRecord
        URL, SHA-256 and length of what came.

    Raises
    ------
    DownloadError
        The server did not deliver, the digest is another, or the folder can't be written to.
        Nothing is left behind then.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(target)
        with replacing(target) as stream:
            n_bytes = transfer(url, stream, settings or DownloadSettings(), progress)
            sha256 = _check_digests(stream, url, expected or Digests())
    except OSError as error:
        raise DownloadError(f"can't write {target}: {error.strerror or error}") from error
    return DownloadRecord(url=url, sha256=sha256, n_bytes=n_bytes)


def _check_digests(stream: IO[bytes], url: str, expected: Digests) -> str:
    """Return the SHA-256 of the file, if it and the MD5 are those expected."""
    sha256 = _digest(stream, hashlib.sha256())
    _check_digest(url, "SHA-256", expected.sha256, sha256)
    if expected.md5 is not None:
        _check_digest(url, "MD5", expected.md5, _digest(stream, hashlib.md5(usedforsecurity=False)))
    return sha256


def _digest(stream: IO[bytes], algorithm: hashlib._Hash) -> str:
    """Hash a file from its beginning."""
    stream.seek(0)
    while block := stream.read(1 << 20):
        algorithm.update(block)
    return algorithm.hexdigest()


def _check_digest(url: str, name: str, expected: str | None, found: str) -> None:
    if expected is not None and expected.strip().lower() != found:
        raise DownloadError(
            f"{hide_secrets(url)}: expected {name} {expected}, found {found}; nothing was kept. "
            "If the source has changed on purpose, pin the new checksum"
        )


def _remove_abandoned(target: Path) -> None:
    """Remove temporary files of earlier downloads of this file that were killed."""
    limit = time.time() - _ABANDONED_AFTER_S
    for part in target.parent.glob(f".{target.name}.*{PART_SUFFIX}"):
        if part.stat().st_mtime < limit:
            part.unlink(missing_ok=True)
