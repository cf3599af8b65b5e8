"""What is written beside a snapshot: its record, or the tombstone of an erased one; and what the files are called."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from regression_model.errors import DataError
from regression_model.processing.datasets.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping

_READ_ONLY = 0o444
# As JSON has them.
_OF_RECORD: Mapping[str, Any] = {
    **dict.fromkeys(("sha256", "row_order", "retrieved"), str),
    **dict.fromkeys(("n_bytes", "n_rows", "n_columns"), int),
    **dict.fromkeys(("columns", "source", "libraries"), dict),
    **dict.fromkeys(("dropped", "pseudonymised"), list),
    "as_of": dict | None,
}
_OF_TOMBSTONE = dict.fromkeys(("sha256", "erased", "reason"), str)


@dataclass(frozen=True)
class SnapshotRecord:
    """How a snapshot came to be.

    Attributes
    ----------
    sha256 : str
        Of the Parquet file, in hexadecimal.
    n_bytes, n_rows, n_columns : int
        Size of the file and shape of the table.
    columns : dict of str to str
        Type of each column, in their order.
    row_order : {"of the file", "sorted"}
        ``sorted`` is ascending by all columns from the first to the last, missing values last.
    source : dict
        Where the rows came from, without secrets and without paths of this machine.
    retrieved : str
        When they were read: ISO 8601, UTC, to the second.
    as_of : dict or None
        ``column`` and ``moment``, if rows after a moment were left out.
    dropped, pseudonymised : tuple of str
        Columns of the source that are not here, and those whose values are pseudonyms.
    libraries : dict of str to str
        Versions of what read and wrote it.
    """

    sha256: str
    n_bytes: int
    n_rows: int
    n_columns: int
    columns: Mapping[str, str]
    row_order: Literal["of the file", "sorted"]
    source: Mapping[str, Any]
    retrieved: str
    as_of: Mapping[str, str] | None
    dropped: tuple[str, ...]
    pseudonymised: tuple[str, ...]
    libraries: Mapping[str, str]


@dataclass(frozen=True)
class Tombstone:
    """What is left of a snapshot that was erased.

    Attributes
    ----------
    sha256 : str
        Of the file that was erased.
    erased : str
        When: ISO 8601, UTC, to the second.
    reason : str
        Why, in the words of who erased it.
    """

    sha256: str
    erased: str
    reason: str


def find_record(folder: Path, sha256: str) -> SnapshotRecord | None:
    """Find the record of a snapshot, or None if there is none.

    Raises
    ------
    DataError
        It can't be read.
    """
    found = _read(record_path(folder, sha256))
    if found is None:
        return None
    path = record_path(folder, sha256)
    _check(found, _OF_RECORD, sha256, path)
    names, moment = [*found["dropped"], *found["pseudonymised"]], found["as_of"]
    complete = moment is None or moment.keys() == {"column", "moment"}
    if not complete or "kind" not in found["source"] or not all(isinstance(name, str) for name in names):
        raise _unreadable(path, "a part of it is not that of a record")
    return SnapshotRecord(**(found | {name: tuple(found[name]) for name in ("dropped", "pseudonymised")}))


def find_tombstone(folder: Path, sha256: str) -> Tombstone | None:
    """Find the tombstone of a snapshot, or None if it was not erased.

    Raises
    ------
    DataError
        It can't be read.
    """
    path = tombstone_path(folder, sha256)
    found = _read(path)
    if found is None:
        return None
    _check(found, _OF_TOMBSTONE, sha256, path)
    return Tombstone(**found)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(found, dict):
        raise _unreadable(path, "it is no object")
    return found


def _check(found: dict[str, Any], types: Mapping[str, Any], sha256: str, path: Path) -> None:
    """Refuse what does not have exactly these keys with values of these types, or is of another snapshot."""
    if found.keys() != types.keys():
        raise _unreadable(path, f"its keys are not {', '.join(types)}")
    for name, kind in types.items():
        if not isinstance(found[name], kind):
            raise _unreadable(path, f"{name!r} is {json.dumps(found[name])[:40]}")
    if found["sha256"] != sha256:
        raise _unreadable(path, f"it is that of {found['sha256']!r:.70}")


def _unreadable(path: Path, problem: object) -> DataError:
    return DataError(f"{path} can't be read ({problem}); restore it from a copy")


def to_json(content: SnapshotRecord | Tombstone) -> bytes:
    """Write a record or a tombstone as it is kept."""
    return (json.dumps(asdict(content), indent=2) + "\n").encode()


def write_read_only(path: Path, content: bytes) -> None:
    """Write a file that appears complete and can't be written to.

    Raises
    ------
    OSError
        The folder can't be written to.
    """
    with replacing(path) as stream:
        stream.write(content)
        Path(stream.name).chmod(_READ_ONLY)


def table_path(folder: Path, sha256: str) -> Path:
    """Name the file of a snapshot's table."""
    return folder / f"{sha256}.parquet"


def record_path(folder: Path, sha256: str) -> Path:
    """Name the file of a snapshot's record."""
    return folder / f"{sha256}.json"


def tombstone_path(folder: Path, sha256: str) -> Path:
    """Name the file of an erased snapshot's tombstone."""
    return folder / f"{sha256}.erased.json"
