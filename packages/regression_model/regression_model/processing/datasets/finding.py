"""Where the table of a config is found, in a fixed order of places."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regression_model.errors import DataNotFoundError, DownloadError
from regression_model.processing.datasets.cache import (
    digest_file,
    fetch_into_cache,
    find_cached,
    source_label,
)
from regression_model.processing.datasets.environment import DataLocations, read_locations
from regression_model.processing.datasets.provenance import Dataset, Kind, Provenance
from regression_model.processing.datasets.reading import TABLE_SUFFIXES, read_table
from regression_model.processing.datasets.series_table import find_labels, gather_rows
from regression_model.processing.datasets.snapshot_store import get_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from regression_model.config import Config
    from regression_model.processing.datasets.transfer import DownloadSettings, Progress

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Found:
    """A file, the place that had it, and what to call it on every machine."""

    path: Path
    kind: Kind
    location: str


def load_dataset(
    config: Config,
    *,
    path: Path | None = None,
    allow_sample: bool = False,
    locations: DataLocations | None = None,
    progress: Progress | None = None,
    settings: DownloadSettings | None = None,
) -> Dataset:
    """Find the table that a config names, download it if need be, and read it.

    The first of these places that has the table wins:

    1. `path`;
    2. the embedded synthetic sample, if `allow_sample`: who asks for it gets it, without network
       and whatever else there is, and a warning is logged;
    3. the snapshot that the config names by ``data.snapshot``, and only that one: its digest is
       checked first, and no other place stands in for it;
    4. the config's ``data.path``;
    5. ``<name>.csv`` (or another format's ending) in the folder ``$REGRESSION_MODEL_DATA``;
    6. the cache of downloads;
    7. the config's ``data.source``, downloaded into the cache.

    The sample never stands in for a table unasked.

    Parameters
    ----------
    config : Config
        Only its section ``data`` is used.
    path : pathlib.Path, optional
        The file to read.
    allow_sample : bool, default False
        Use the embedded sample, if the config has one.
    locations : DataLocations, optional
        Default: read from the environment, and only if one of them is needed.
    progress : Progress, optional
        Told how far a download is.
    settings : DownloadSettings, optional
        Limits, waits and retries of a download.

    Returns
    -------
    Dataset
        The raw frame, its rows in the order of the file or of the config's ``order_by``, and
        where it came from. With ``data.time_series`` it has one row for each series.

    Raises
    ------
    DataNotFoundError
        No place has the table; the message lists them and what to do. Or the snapshot was erased.
    DataError
        A file was found and can't be used, or a snapshot is damaged.
    DownloadError
        Only the source has the table, and it could not be downloaded.
    """
    found = _find_given(config, path, allow_sample=allow_sample) or _find_pinned(config, locations)
    if found is None:
        places = locations or read_locations()
        found = _find_in_folders(config, places) or _fetch(config, places, progress, settings)
    frame = read_table(found.path, order_by=config.data.order_by, with_series=bool(config.features.series))
    labels = find_labels(config, found.path)
    if config.data.time_series is not None:
        frame = gather_rows(frame, config, labels)
    provenance = Provenance(
        name=config.data.name,
        kind=found.kind,
        location=found.location,
        sha256=digest_file(found.path),
        n_rows=len(frame),
        n_columns=frame.shape[1],
        synthetic=found.kind == "sample",
        labels_sha256=None if labels is None else digest_file(labels),
    )
    return Dataset(frame, provenance)


def _find_given(config: Config, path: Path | None, *, allow_sample: bool) -> _Found | None:
    """Look where the caller says: a path, or the sample."""
    if path is not None:
        return _explicit(path)
    return _sample(config) if allow_sample else None


def _find_pinned(config: Config, locations: DataLocations | None) -> _Found | None:
    """Look where the config says that the table is: a snapshot, or else a path."""
    if config.data.snapshot is not None:
        snapshot = get_snapshot((locations or read_locations()).snapshots, config.data.snapshot)
        return _Found(snapshot, "snapshot", snapshot.name)
    if config.data.path is not None:
        return _explicit(config.resolve(config.data.path))
    return None


def _explicit(path: Path) -> _Found:
    if not path.exists():
        raise DataNotFoundError(f"no table at {path}; a path that is given must exist, no other place is looked at")
    return _Found(path, "path", path.name)


def _sample(config: Config) -> _Found:
    if config.data.sample is None:
        raise DataNotFoundError(
            f"there is no embedded sample for {config.data.name!r}: its config names none under data.sample"
        )
    from regression_model.processing.sample import SAMPLE_NOTICE, load_sample_path

    _logger.warning("%s: %s", config.data.name, SAMPLE_NOTICE)
    path = load_sample_path()
    return _Found(path, "sample", path.name)


def _find_in_folders(config: Config, locations: DataLocations) -> _Found | None:
    """Look in the user's folder, then in the cache."""
    name = config.data.name
    if locations.data_dir is not None:
        for suffix in TABLE_SUFFIXES:
            path = locations.data_dir / f"{name}{suffix}"
            if path.is_file():
                return _Found(path, "data_dir", path.name)
    cached = find_cached(locations.cache_dir, name, config.data.source)
    return None if cached is None else _Found(cached.path, "cache", cached.location)


def _fetch(
    config: Config, locations: DataLocations, progress: Progress | None, settings: DownloadSettings | None
) -> _Found:
    """Download the table, or say everything that could be done instead."""
    data = config.data
    looked_at = f"{_looked_at(config, locations)}\n{_remedies(config)}"
    if data.source is None:
        raise DataNotFoundError(f"no table {data.name!r} was found.\n{looked_at}")
    _logger.info("%s: downloading from %s", data.name, source_label(data.source))
    try:
        fetched = fetch_into_cache(data.name, data.source, locations, settings, progress)
    except DownloadError as error:
        raise DownloadError(f"the table {data.name!r} could not be downloaded: {error}\n{looked_at}") from error
    return _Found(fetched.path, "download", fetched.location)


def _looked_at(config: Config, locations: DataLocations) -> str:
    """List the places that were looked at, in order."""
    name, source = config.data.name, config.data.source
    data_dir = "not set" if locations.data_dir is None else f"{locations.data_dir / name}.*"
    return "\n".join(
        [
            "Looked at:",
            "- an explicit path, and data.path in the config: not given",
            f"- $REGRESSION_MODEL_DATA: {data_dir}",
            f"- the cache: {locations.cache_dir / name}.*",
            f"- data.source in the config: {'not given' if source is None else source_label(source)}",
        ]
    )


def _remedies(config: Config) -> str:
    """Say what to do."""
    name = config.data.name
    remedy = (
        f"Give the path of a file, or put {name}.csv into a folder and set REGRESSION_MODEL_DATA to "
        "that folder, or name a source in the config"
    )
    if config.data.sample is not None:
        remedy += "; to try things out, --sample uses the embedded synthetic sample"
    return f"{remedy}."
