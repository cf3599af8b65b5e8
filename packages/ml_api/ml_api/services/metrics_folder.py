"""The folder through which the workers of one server put their metrics together.

Each worker counts in files of its own; whoever is asked for ``/metrics`` adds up all files in the folder. The server
makes the folder before its workers, and hands it to them in the variable ``PROMETHEUS_MULTIPROC_DIR``, which
`prometheus_client` reads when it is first imported.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from ml_api.services.file_lock import hold_lock

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_LOCK = "lock"
_PREFIX = "ml-api-metrics-"
_PATIENCE_S = 5.0
_MEMORY = Path("/dev/shm")  # noqa: S108 - names in it are made by `tempfile`


def find_metrics_folder() -> Path | None:
    """Return the folder that the server has made; None in a process without one, which counts for itself only."""
    value = os.environ.get(VARIABLE)  # noqa: TID251 - not a setting of ours: the server tells its workers
    return Path(value) if value else None


def find_memory_folder(folder: Path = _MEMORY) -> Path | None:
    """Return the folder whose files are in memory; None where there is none, or we can't write to it."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


def make_metrics_folder(parent: Path | None = None) -> Path:
    """Make the folder, in the server's first process before it has workers, and announce it to them.

    It is always a new one, of this server alone: in the folder that the environment names already, whose other
    files are none of our business, or else in `parent`.

    Parameters
    ----------
    parent : Path, optional
        Where to make it; by default where temporary files go.
    """
    named = find_metrics_folder()
    if named is not None:
        named.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=named or parent))
    os.environ[VARIABLE] = str(folder)  # noqa: TID251 - see above
    return folder


def restore_metrics_folder() -> None:
    """Make the folder anew if it is gone, before a worker starts, which could not count without it.

    What tidies up where temporary files lie may have taken it away, with all that was counted.
    """
    folder = find_metrics_folder()
    if folder is not None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def remove_metrics_folder() -> None:
    """Remove the folder that `make_metrics_folder` has made, when the server ends."""
    folder = find_metrics_folder()
    if folder is not None and folder.name.startswith(_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def fold_in_dead_worker(folder: Path, pid: int) -> None:
    """Add what a worker that has ended counted to what all earlier ones did, and remove its files.

    So the number of files, and the time that reading them takes, does not grow with each worker that is replaced.
    To be called by the server's first process, when the worker is gone.
    """
    from prometheus_client.multiprocess import mark_process_dead

    with lock_metrics(folder, exclusive=True):
        # Removes what is only true of a living process, such as requests in flight.
        mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
        for kind in ("counter", "histogram"):
            file = folder / f"{kind}_{pid}.db"
            if file.exists():
                _add(file, folder / f"{kind}_dead.db")
                file.unlink()


def _add(file: Path, total: Path) -> None:
    """Write the sums under another name first: a process that is killed meanwhile leaves the old total whole."""
    from prometheus_client.mmap_dict import MmapedDict

    values: dict[str, float] = {}
    for path in (total, file):
        if path.exists():
            for key, value, *_ in MmapedDict.read_all_values_from_file(str(path)):  # type: ignore[no-untyped-call]
                values[key] = values.get(key, 0.0) + value
    draft = total.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    sums = MmapedDict(str(draft))  # type: ignore[no-untyped-call]
    for key, value in values.items():
        sums.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
    sums.close()  # type: ignore[no-untyped-call]
    draft.replace(total)


def lock_metrics(folder: Path, *, exclusive: bool = False) -> AbstractContextManager[None]:
    """Keep the files of dead workers where they are while they are read, or to oneself while they are moved.

    Entering it raises `TimeoutError` if somebody else has kept them for too long.
    """
    return hold_lock(folder / _LOCK, shared=not exclusive, patience_s=_PATIENCE_S)
