"""From rows to a snapshot: treated, in a fixed order, written as bytes that the rows alone decide."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from regression_model.errors import DataError, MissingExtraError
from regression_model.processing.datasets.snapshot_record import SnapshotRecord, find_record, table_path
from regression_model.processing.datasets.snapshot_store import store_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from regression_model.processing.snapshots.treatment import Treatment

_ROWS_PER_GROUP = 1 << 17


@dataclass(frozen=True)
class RawTable:
    """Rows as a source gave them.

    Attributes
    ----------
    table : pyarrow.Table
        Without the columns that the treatment skips.
    columns : tuple of str
        All columns of the source, those too.
    source : dict
        Where they came from, without secrets and paths of this machine.
    in_order : bool
        Whether their order means something, as in a file; else they are sorted.
    treatment : Treatment
        What is left out and hidden before anything is written; who reads a table has to say it.
    libraries : tuple of str
        Installed packages that read them.
    """

    table: Any
    columns: tuple[str, ...]
    source: Mapping[str, Any]
    in_order: bool
    treatment: Treatment
    libraries: tuple[str, ...] = field(default=("pandas",))


@dataclass(frozen=True)
class Snapshot:
    """A table that will not change.

    Attributes
    ----------
    path : pathlib.Path
        The Parquet file.
    record : SnapshotRecord
        How it came to be.
    is_new : bool
        False if the very same rows had been frozen before: then the record is the first one's.
    """

    path: Path
    record: SnapshotRecord
    is_new: bool


def check_parquet() -> None:
    """Refuse to begin without pyarrow.

    Raises
    ------
    MissingExtraError
    """
    try:
        import pyarrow.parquet  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise MissingExtraError("A snapshot", "parquet") from error


def freeze(raw: RawTable, folder: Path) -> Snapshot:
    """Freeze a table, treated as it was read to be.

    Parameters
    ----------
    raw : RawTable
    folder : pathlib.Path
        Of snapshots; it is made if need be.

    Returns
    -------
    Snapshot

    Raises
    ------
    DataError
        No row or column is left, the treatment names a column that is not there, or the same rows were erased
        before.
    OSError
        The folder can't be written to.
    """
    treatment = raw.treatment
    treatment.check_columns(raw.columns)
    table = treatment.apply(raw.table)
    if not table.num_rows:
        moment = treatment.as_of
        until = "" if moment is None else f" up to {moment.moment.isoformat()} by {moment.column!r}"
        raise DataError(f"the source has no rows{until}; a snapshot has at least one")
    if not raw.in_order:
        from regression_model.processing.snapshots.ordering import sort_rows

        table = sort_rows(table)
    content = write_parquet(table)
    record = _build_record(raw, table, content)
    is_new = store_snapshot(folder, content, record)
    kept = record if is_new else find_record(folder, record.sha256) or record
    return Snapshot(table_path(folder, record.sha256), kept, is_new)


def write_parquet(table: Any) -> bytes:  # noqa: ANN401 - pyarrow has no types
    """Write a table as Parquet: the same content gives the same bytes, by the same version of pyarrow.

    Parameters
    ----------
    table : pyarrow.Table

    Returns
    -------
    bytes
        Nothing in them depends on the time, the machine, or how the table is cut into chunks.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = pa.BufferOutputStream()
    whole = table.replace_schema_metadata(None).combine_chunks()
    # Everything that would otherwise be a default is said, so that a new default of pyarrow changes no digest.
    pq.write_table(
        whole,
        stream,
        row_group_size=_ROWS_PER_GROUP,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
        store_schema=False,
    )
    content: bytes = stream.getvalue().to_pybytes()
    return content


def _build_record(raw: RawTable, table: Any, content: bytes) -> SnapshotRecord:  # noqa: ANN401
    treatment, as_of = raw.treatment, raw.treatment.as_of
    packages = ("regression-model", "pyarrow", *raw.libraries)
    return SnapshotRecord(
        sha256=hashlib.sha256(content).hexdigest(),
        n_bytes=len(content),
        n_rows=table.num_rows,
        n_columns=table.num_columns,
        columns={name: _name_type(kind) for name, kind in zip(table.column_names, table.schema.types, strict=True)},
        row_order="of the file" if raw.in_order else "sorted",
        source=raw.source,
        retrieved=datetime.now(UTC).isoformat(timespec="seconds"),
        as_of=None if as_of is None else {"column": as_of.column, "moment": f"{as_of.moment.isoformat()}Z"},
        dropped=treatment.drop,
        pseudonymised=treatment.pseudonymise,
        libraries={"python": platform.python_version(), **{name: version(name) for name in packages}},
    )


def _name_type(kind: Any) -> str:  # noqa: ANN401 - pyarrow has no types
    return str(kind).replace("large_string", "string")
