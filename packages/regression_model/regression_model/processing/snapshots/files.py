"""Tables to freeze that are files: one that is named, one that a config names, one of OpenML."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from regression_model.processing.datasets.cache import digest_file, fetch_into_cache, find_cached, find_record
from regression_model.processing.datasets.finding import load_dataset
from regression_model.processing.datasets.reading import read_table
from regression_model.processing.snapshots.freezing import RawTable, check_parquet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from regression_model.config import Config
    from regression_model.processing.datasets import DataLocations, DownloadSettings, Progress
    from regression_model.processing.snapshots.treatment import Treatment


def read_file(path: Path, treatment: Treatment) -> RawTable:
    """Read a file to freeze, its rows in their order.

    Parameters
    ----------
    path : pathlib.Path
        In any format that `read_table` reads.
    treatment : Treatment
        What `freeze` leaves out and hides; the columns that it skips are not in the table.

    Raises
    ------
    DataError
        There is no such file, or it can't be frozen.
    MissingExtraError
        pyarrow is not installed.
    """
    check_parquet()
    return _raw(read_table(path), {"kind": "file", "name": path.name, "sha256": digest_file(path)}, treatment)


def read_config_table(
    config: Config, treatment: Treatment, locations: DataLocations, progress: Progress | None = None
) -> RawTable:
    """Read the table of a config, as training finds it: downloaded if need be, but not from a snapshot.

    Parameters
    ----------
    config : Config
    treatment : Treatment
        What `freeze` leaves out and hides; the columns that it skips are not in the table.
    locations : DataLocations
    progress : Progress, optional
        Told how far a download is.

    Raises
    ------
    DataError
        It can't be found, downloaded or frozen.
    MissingExtraError
        pyarrow is not installed.
    """
    check_parquet()
    # In the order of the file: `order_by` holds for the snapshot as it does for the file.
    data = config.data.model_copy(update={"snapshot": None, "order_by": ()})
    found = load_dataset(config.model_copy(update={"data": data}), locations=locations, progress=progress)
    kept = ("name", "kind", "location", "sha256")
    facts: dict[str, Any] = {name: value for name, value in asdict(found.provenance).items() if name in kept}
    if found.provenance.kind in ("cache", "download"):
        cached = find_cached(locations.cache_dir, data.name, data.source)
        facts |= {} if cached is None else _describe_download(cached.path)
    return _raw(found.frame, facts, treatment)


def read_openml(
    dataset_id: int,
    treatment: Treatment,
    locations: DataLocations,
    progress: Progress | None = None,
    settings: DownloadSettings | None = None,
) -> RawTable:
    """Read a dataset of OpenML; its file is kept in the cache.

    Parameters
    ----------
    dataset_id : int
        The number in the dataset's page on OpenML.
    treatment : Treatment
        What `freeze` leaves out and hides; the columns that it skips are not in the table.
    locations : DataLocations
    progress : Progress, optional
        Told how far the download is.
    settings : DownloadSettings, optional
        Limits, waits and retries.

    Raises
    ------
    DataError
        It can't be downloaded or frozen.
    MissingExtraError
        pyarrow is not installed.
    """
    from regression_model.config import SourceConfig

    check_parquet()
    name, source = f"openml_{dataset_id}", SourceConfig(openml=dataset_id)
    cached = find_cached(locations.cache_dir, name, source)
    if cached is None:
        cached = fetch_into_cache(name, source, locations, settings, progress)
    facts = {"kind": "openml", "id": dataset_id, "location": cached.location, "sha256": digest_file(cached.path)}
    return _raw(read_table(cached.path), facts | _describe_download(cached.path), treatment)


def _describe_download(path: Path) -> dict[str, str]:
    """Say when a file in the cache was downloaded, if that was recorded: maybe long before it was frozen."""
    record = find_record(path)
    return {} if record is None else {"downloaded": record.retrieved}


def _raw(frame: pd.DataFrame, source: Mapping[str, Any], treatment: Treatment) -> RawTable:
    from regression_model.processing.snapshots.frames import table_from_frame

    columns = tuple(frame.columns)
    treatment.check_columns(columns)
    return RawTable(table_from_frame(frame, treatment.skipped()), columns, source, in_order=True, treatment=treatment)
