"""The folder of downloads: ``<name>.csv``, and beside it ``<name>.csv.source.json``, which says whence.

A file without a record was put there by a person and is used as it is. A file with a record is
used only while it is what the record says, and while the record's source is the config's; the
cache is shared by all configs of a user, and two of them may give one name to different tables.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from regression_model.errors import DataError, DownloadError
from regression_model.processing.datasets.atomic import replacing
from regression_model.processing.datasets.download import Digests, download
from regression_model.processing.datasets.openml import find_openml_file
from regression_model.processing.datasets.reading import TABLE_SUFFIXES, find_table_suffix
from regression_model.processing.datasets.shown_url import hide_secrets
from regression_model.processing.datasets.transfer import check_url

if TYPE_CHECKING:
    from pathlib import Path

    from regression_model.config import SourceConfig
    from regression_model.processing.datasets.environment import DataLocations
    from regression_model.processing.datasets.transfer import DownloadSettings, Progress

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SourceRecord:
    """Where a file in the cache came from.

    Attributes
    ----------
    source : str
        As in the config, but for secrets: a URL, or ``openml:<id>``.
    url : str
        Of the file itself, but for secrets.
    sha256 : str
        Of its bytes, in hexadecimal.
    n_bytes : int
        Its length.
    retrieved : str
        When it was downloaded: ISO 8601, UTC, to the second.
    source_sha256 : str or None
        Of the source as in the config, by which it is known again; None in records of earlier releases,
        whose source is the whole URL.
    """

    source: str
    url: str
    sha256: str
    n_bytes: int
    retrieved: str
    source_sha256: str | None = None


@dataclass(frozen=True)
class CachedFile:
    """A usable file in the cache.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    location : str
        The URL it was downloaded from, without secrets, or its name if nobody recorded one.
    """

    path: Path
    location: str


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal.

    Parameters
    ----------
    path : pathlib.Path
        An existing file.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def source_label(source: SourceConfig) -> str:
    """Name a source in one word, to be shown: its URL without secrets, or ``openml:<id>``.

    Parameters
    ----------
    source : SourceConfig
        The config's source.
    """
    return hide_secrets(_identify(source))


def _identify(source: SourceConfig) -> str:
    return f"openml:{source.openml}" if source.url is None else source.url


def _digest_source(source: SourceConfig) -> str:
    return hashlib.sha256(_identify(source).encode()).hexdigest()


def find_cached(cache_dir: Path, name: str, source: SourceConfig | None) -> CachedFile | None:
    """Find the table in the cache, if it may be used.

    Parameters
    ----------
    cache_dir : pathlib.Path
        Folder of downloads; it need not exist.
    name : str
        The table's name.
    source : SourceConfig or None
        Where the config says that it comes from.

    Returns
    -------
    CachedFile or None
        None if there is no file, or it was downloaded from another source than the config's.

    Raises
    ------
    DataError
        The file is not what was recorded when it was downloaded, or not what the config pins.
    """
    pinned = source.sha256 if source is not None else None
    for suffix in TABLE_SUFFIXES:
        path = cache_dir / f"{name}{suffix}"
        if not path.is_file():
            continue
        record = find_record(path)
        sha256 = digest_file(path)
        if record is not None and _is_foreign(record, source) and pinned != sha256:
            _logger.info("%s in the cache came from %s; it is not used", path.name, hide_secrets(record.source))
            continue
        _check_unchanged(path, sha256, pinned, record)
        return CachedFile(path, location=path.name if record is None else hide_secrets(record.url))
    return None


def _is_foreign(record: SourceRecord, source: SourceConfig | None) -> bool:
    if source is None:
        return False
    if record.source_sha256 is None:
        return record.source != _identify(source)
    return record.source_sha256 != _digest_source(source)


def _check_unchanged(path: Path, sha256: str, pinned: str | None, record: SourceRecord | None) -> None:
    """Refuse a file in the cache that is not what it must be."""
    if pinned is not None and pinned != sha256:
        expected, whose = pinned, "the config pins"
    elif record is not None and record.sha256 != sha256:
        expected, whose = record.sha256, "was recorded when it was downloaded"
    else:
        return
    raise DataError(
        f"the cached file {path} has SHA-256 {sha256}, but {expected} {whose}; "
        "delete it to download it again. If it is the right one, correct the config's sha256 "
        f"and delete {_record_path(path).name} beside it"
    )


def fetch_into_cache(
    name: str,
    source: SourceConfig,
    locations: DataLocations,
    settings: DownloadSettings | None = None,
    progress: Progress | None = None,
) -> CachedFile:
    """Download the table into the cache and record where it came from.

    Parameters
    ----------
    name : str
        The table's name.
    source : SourceConfig
        Where to download it.
    locations : DataLocations
        The cache and the OpenML server.
    settings : DownloadSettings, optional
        Limits, waits and retries.
    progress : Progress, optional
        Told how far it is.

    Returns
    -------
    CachedFile
        The new file.

    Raises
    ------
    DownloadError
        Nothing was downloaded; the cache is as it was.
    """
    if source.openml is None:
        check_url(str(source.url))
        url, md5, suffix = str(source.url), None, _suffix_of(str(source.url))
    else:
        described = find_openml_file(source.openml, locations.openml_url, settings)
        url, md5, suffix = described.url, described.md5, described.suffix
    target = locations.cache_dir / f"{name}{suffix}"
    if not target.exists():
        # The record of a file that is gone would be taken for the new one's, were we killed below.
        _record_path(target).unlink(missing_ok=True)
    expected = Digests(sha256=source.sha256, md5=md5)
    brought = download(url, target, expected=expected, settings=settings, progress=progress)
    record = SourceRecord(
        source=source_label(source),
        url=hide_secrets(url),
        sha256=brought.sha256,
        n_bytes=brought.n_bytes,
        retrieved=datetime.now(UTC).isoformat(timespec="seconds"),
        source_sha256=_digest_source(source),
    )
    _write_record(target, record)
    return CachedFile(target, location=record.url)


def _suffix_of(url: str) -> str:
    """Take the format from the URL's file name; a name that says none is taken for CSV."""
    return find_table_suffix(unquote(urlsplit(url).path)) or ".csv"


def _record_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.source.json")


def find_record(path: Path) -> SourceRecord | None:
    """Find the record of a downloaded file, or None if nobody recorded it.

    Parameters
    ----------
    path : pathlib.Path
        The file in the cache.

    Returns
    -------
    SourceRecord or None
        Where the file came from.

    Raises
    ------
    DataError
        There is a record that can't be read.
    """
    record = _record_path(path)
    try:
        return SourceRecord(**json.loads(record.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"the record {record} can't be read ({error}); delete it and {path.name}") from error


def _write_record(path: Path, record: SourceRecord) -> None:
    try:
        with replacing(_record_path(path)) as stream:
            stream.write((json.dumps(asdict(record), indent=2) + "\n").encode())
    except OSError as error:
        raise DownloadError(f"can't write {_record_path(path)}: {error.strerror or error}") from error
