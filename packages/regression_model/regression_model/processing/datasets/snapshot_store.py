"""The folder of snapshots: tables that never change, each under the digest of its bytes.

::

    <sha256>.parquet        the table, read-only
    <sha256>.json           its record: where it came from, when, and what was done to it
    <sha256>.erased.json    a tombstone: the table was erased; nothing else of it is left

The table appears last and so does what counts; a tombstone appears before the table goes. Whatever
interrupts, a digest is either not here, here with its record, or erased.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from regression_model.errors import DataError, DataNotFoundError
from regression_model.processing.datasets.atomic import PART_SUFFIX
from regression_model.processing.datasets.cache import digest_file
from regression_model.processing.datasets.snapshot_record import (
    SnapshotRecord,
    Tombstone,
    find_record,
    find_tombstone,
    record_path,
    table_path,
    to_json,
    tombstone_path,
    write_read_only,
)

if TYPE_CHECKING:
    from pathlib import Path

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"(?P<sha256>[0-9a-f]{64})(\.parquet|\.json|\.erased\.json)")

# Tables may hold what is not for everyone; whoever wants to share a folder makes it so.
_OWN_FOLDER = 0o700

State = Literal["here", "erased", "missing", "damaged"]


@dataclass(frozen=True)
class ListedSnapshot:
    """What the folder says of one digest.

    Attributes
    ----------
    sha256 : str
    state : {"here", "erased", "missing", "damaged"}
        ``missing``: there is a record, but no table. ``damaged``: the record, or the tombstone, can't be read.
    record : SnapshotRecord or None
        None of a table that somebody brought without its record, and of an erased one.
    tombstone : Tombstone or None
    problem : str or None
        What is wrong with a damaged one, and what to do.
    """

    sha256: str
    state: State
    record: SnapshotRecord | None
    tombstone: Tombstone | None
    problem: str | None = None


def get_snapshot(folder: Path, sha256: str) -> Path:
    """Return the path of a snapshot, after checking that its bytes are those that the digest names.

    Parameters
    ----------
    folder : pathlib.Path
        Of snapshots; it need not exist.
    sha256 : str
        Digest of the snapshot.

    Returns
    -------
    pathlib.Path
        The Parquet file.

    Raises
    ------
    DataNotFoundError
        It is not here, or it was erased; the message says when and why.
    DataError
        The file is damaged.
    """
    _check_digest(sha256)
    tombstone = find_tombstone(folder, sha256)
    if tombstone is not None:
        raise DataNotFoundError(
            f"the snapshot {sha256} was erased on {tombstone.erased}, because: {tombstone.reason}. "
            "Make a new one ('regression-model data snapshot') and name it in the config"
        )
    path = table_path(folder, sha256)
    if not path.is_file():
        raise DataNotFoundError(
            f"there is no snapshot {sha256} in {folder}; bring {path.name} there from where it was made, or set "
            "REGRESSION_MODEL_SNAPSHOTS to the folder that has it ('regression-model data snapshots' lists them)"
        )
    found = digest_file(path)
    if found != sha256:
        raise DataError(
            f"the snapshot {path} is damaged: its bytes have SHA-256 {found}, its name says {sha256}; restore the "
            "file from a copy, or delete it and make the snapshot again"
        )
    return path


def store_snapshot(folder: Path, content: bytes, record: SnapshotRecord) -> bool:
    """Write a snapshot and its record, read-only, unless it is there already.

    Parameters
    ----------
    folder : pathlib.Path
        Of snapshots; if need be it is made, for its owner alone.
    content : bytes
        The Parquet file.
    record : SnapshotRecord
        Its record. That of a snapshot which is there already stays as it is.

    Returns
    -------
    bool
        Whether it was written.

    Raises
    ------
    DataError
        The same rows were erased before.
    OSError
        The folder can't be written to.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != record.sha256:
        raise DataError(f"the record is that of {record.sha256}, the table has SHA-256 {sha256}")
    tombstone = find_tombstone(folder, sha256)
    if tombstone is not None:
        raise DataError(
            f"exactly these rows are the snapshot {sha256}, which was erased on {tombstone.erased}, because: "
            f"{tombstone.reason}. Leave rows out in the query, drop or pseudonymise columns; if they may come back, "
            f"delete {tombstone_path(folder, sha256)}"
        )
    path = table_path(folder, sha256)
    if path.is_file() and digest_file(path) == sha256 and find_record(folder, sha256) is not None:
        return False
    folder.mkdir(mode=_OWN_FOLDER, parents=True, exist_ok=True)
    write_read_only(record_path(folder, sha256), to_json(record))
    write_read_only(path, content)
    return True


def erase_snapshot(folder: Path, sha256: str, reason: str) -> Tombstone:
    """Remove a snapshot and its record, and leave a tombstone.

    Parameters
    ----------
    folder : pathlib.Path
        Of snapshots.
    sha256 : str
        Digest of the snapshot; a damaged one can be erased, too.
    reason : str
        Why; not empty. It stays, so it must not repeat what is erased.

    Returns
    -------
    Tombstone
        The first one, if the snapshot was erased before.

    Raises
    ------
    DataNotFoundError
        There is no such snapshot, and never was one here.
    DataError
        No reason is given, or the digest is none.
    OSError
        The folder can't be written to.
    """
    _check_digest(sha256)
    if not reason.strip():
        raise DataError("erasing a snapshot needs a reason: it is what will be left of it")
    tombstone = find_tombstone(folder, sha256)
    paths = (table_path(folder, sha256), record_path(folder, sha256))
    if tombstone is None:
        if not any(path.is_file() for path in paths):
            raise DataNotFoundError(f"there is no snapshot {sha256} in {folder}; nothing was erased")
        tombstone = Tombstone(sha256, datetime.now(UTC).isoformat(timespec="seconds"), reason.strip())
        write_read_only(tombstone_path(folder, sha256), to_json(tombstone))
    # What a killed process left half written has the same rows in it.
    for path in (*paths, *folder.glob(f".{sha256}.*{PART_SUFFIX}")):
        path.unlink(missing_ok=True)
    return tombstone


def list_snapshots(folder: Path) -> list[ListedSnapshot]:
    """List the snapshots of a folder, the newest first, then those whose time nobody recorded.

    Parameters
    ----------
    folder : pathlib.Path
        It need not exist.

    Returns
    -------
    list of ListedSnapshot
        One whose record can't be read is among them, as damaged; whether tables are is not looked at, since
        that takes reading all of them.
    """
    if not folder.is_dir():
        return []
    matches = [_FILE.fullmatch(path.name) for path in folder.iterdir()]
    listed = [_describe(folder, sha256) for sha256 in sorted({match["sha256"] for match in matches if match})]
    return sorted(listed, key=_when, reverse=True)


def _describe(folder: Path, sha256: str) -> ListedSnapshot:
    try:
        tombstone = find_tombstone(folder, sha256)
        if tombstone is not None:
            return ListedSnapshot(sha256, "erased", None, tombstone)
        record = find_record(folder, sha256)
    except DataError as error:
        return ListedSnapshot(sha256, "damaged", None, None, str(error))
    return ListedSnapshot(sha256, "here" if table_path(folder, sha256).is_file() else "missing", record, None)


def _when(listed: ListedSnapshot) -> str:
    if listed.tombstone is not None:
        return listed.tombstone.erased
    return "" if listed.record is None else listed.record.retrieved


def _check_digest(sha256: str) -> None:
    if not _DIGEST.fullmatch(sha256):
        raise DataError(f"a snapshot is named by its SHA-256, 64 digits from 0 to 9 and a to f; found {sha256!r:.80}")
