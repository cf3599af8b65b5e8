"""The folder through which the workers of one server put their metrics together.

Each worker counts in files of its own; whoever is asked for ``/metrics`` adds up all files in the folder. The server
makes the folder before its workers, and hands it to them in the variable ``PROMETHEUS_MULTIPROC_DIR``, which
`prometheus_client` reads when it is first imported.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_LOCK = "lock"
_PREFIX = "ml-api-metrics-"


def find_metrics_folder() -> Path | None:
    """Return the folder that the server has made; None in a process without one, which counts for itself only."""
    value = os.environ.get(VARIABLE)  # noqa: TID251 - not a setting of ours: the server tells its workers
    return Path(value) if value else None


def make_metrics_folder(parent: Path | None = None) -> Path:
    """Make the folder, in the server's first process before it has workers, and announce it to them.

    A folder that the environment names already is taken, and emptied: what lies there was counted by an
    earlier server.

    Parameters
    ----------
    parent : Path, optional
        Where to make it; by default where temporary files go.
    """
    folder = find_metrics_folder()
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        os.environ[VARIABLE] = str(folder)  # noqa: TID251 - see above
    else:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in folder.glob("*.db"):
            path.unlink()
    (folder / _LOCK).touch()
    return folder


def remove_metrics_folder() -> None:
    """Remove the folder, when the server ends, unless somebody else named it."""
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


@contextmanager
def lock_metrics(folder: Path, *, exclusive: bool = False) -> Iterator[None]:
    """Keep the files of dead workers where they are while they are read, or to oneself while they are moved."""
    with (folder / _LOCK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield  # closing the file lets go of the lock
