"""Finds the table that a model was trained on, by its digest, among the files of this machine.

Nothing is downloaded: an address in a manifest is a stranger's, who must not decide what this machine connects to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regression_model.errors import DataError, DataNotFoundError
from regression_model.processing.datasets import DataLocations, read_locations
from regression_model.processing.datasets.cache import digest_file
from regression_model.processing.datasets.reading import find_table_suffix
from regression_model.processing.datasets.snapshot_record import find_tombstone
from regression_model.processing.datasets.snapshot_store import get_snapshot

if TYPE_CHECKING:
    from regression_model.config import Config


@dataclass(frozen=True)
class WantedTable:
    """The table that a manifest names.

    Attributes
    ----------
    sha256 : str
        Of its file.
    synthetic : bool
        Whether it is the embedded sample.
    """

    sha256: str
    synthetic: bool


@dataclass(frozen=True)
class FoundTable:
    """A file with the right digest.

    Attributes
    ----------
    path : Path
    place : str
        Where it was found, in words.
    """

    path: Path
    place: str


def find_table(
    wanted: WantedTable, config: Config, *, path: Path | None = None, locations: DataLocations | None = None
) -> FoundTable:
    """Find the file with a digest.

    Looked at are, in this order: `path`, and nothing else if it is given; the embedded sample, if the table is said to
    be that; the snapshots; the config's ``data.path``; each table in the folder ``$REGRESSION_MODEL_DATA``, then in the
    cache of downloads, those of the config's name first.

    Parameters
    ----------
    wanted : WantedTable
    config : Config
    path : Path, optional
    locations : DataLocations, optional
        By default, read from the environment.

    Returns
    -------
    FoundTable

    Raises
    ------
    DataNotFoundError
        If no file has the digest, or the config names a snapshot that was erased.
    DataError
        If `path` is given and is another file, or the snapshot is damaged.
    """
    if path is not None:
        return _check_given(path, wanted)
    if wanted.synthetic:
        return _check_sample(wanted)
    places = locations or read_locations()
    snapshot = _find_snapshot(wanted, config, places)
    if snapshot is not None:
        return snapshot
    for candidate, place in _list_candidates(config, places):
        if digest_file(candidate) == wanted.sha256:
            return FoundTable(candidate, place)
    raise DataNotFoundError(
        f"no table with SHA-256 {wanted.sha256} was found: neither in data.path of the config, nor among the "
        f"snapshots, nor in the folder $REGRESSION_MODEL_DATA, nor among the downloads (table {config.data.name!r})"
        f"{_describe_erased(places.snapshots, wanted.sha256)}. "
        "Name the file with --data, or fetch it: 'regression-model data fetch' for the tables of shipped configurations"
    )


def _check_given(path: Path, wanted: WantedTable) -> FoundTable:
    if not path.is_file():
        raise DataNotFoundError(f"no table at {path}")
    found = digest_file(path)
    if found != wanted.sha256:
        raise DataError(
            f"{path} is not the table that the model was trained on: expected SHA-256 {wanted.sha256}, found {found}; "
            "name the very file, since a table that was saved again has other bytes"
        )
    return FoundTable(path, str(path))


def _check_sample(wanted: WantedTable) -> FoundTable:
    from regression_model.processing.sample import load_sample_path

    path = load_sample_path()
    found = digest_file(path)
    if found != wanted.sha256:
        raise DataNotFoundError(
            f"the model was trained on an embedded sample with SHA-256 {wanted.sha256}, that of this release has "
            f"{found}; verify with the release that trained it"
        )
    return FoundTable(path, "the embedded sample")


def _find_snapshot(wanted: WantedTable, config: Config, locations: DataLocations) -> FoundTable | None:
    """Find the snapshot of that digest; of one that the config names, also say why it is not there."""
    try:
        return FoundTable(get_snapshot(locations.snapshots, wanted.sha256), "the snapshots")
    except DataNotFoundError:
        if config.data.snapshot == wanted.sha256:
            raise
        return None


def _list_candidates(config: Config, locations: DataLocations) -> Iterator[tuple[Path, str]]:
    """Yield the files that may be it, with their place."""
    if config.data.path is not None and _is_table(own := config.resolve(config.data.path)):
        yield own, "data.path of the config"
    for folder, place in ((locations.data_dir, "$REGRESSION_MODEL_DATA"), (locations.cache_dir, "the cache")):
        if folder is None or not folder.is_dir():
            continue
        tables = [entry for entry in sorted(folder.iterdir()) if _is_table(entry)]
        tables.sort(key=lambda entry: not entry.name.startswith(f"{config.data.name}."))
        yield from ((entry, f"{entry.name} in {place}") for entry in tables)


def _is_table(path: Path) -> bool:
    """Tell whether a file can be a table, before it is read: a stranger's path may name any, such as /proc/kcore."""
    return find_table_suffix(path.name) is not None and path.is_file()


def _describe_erased(folder: Path, sha256: str) -> str:
    tombstone = find_tombstone(folder, sha256)
    return f"; as a snapshot it was erased on {tombstone.erased}, because: {tombstone.reason}" if tombstone else ""
