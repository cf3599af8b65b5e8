"""Writes files so that each is there in whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from regression_model.errors import ArtifactWriteError
from regression_model.processing.datasets.atomic import replacing


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file under a temporary name, sync it to the disk, and rename it.

    Parameters
    ----------
    path : Path
        Final name; a file that is there is replaced in one step.
    data : bytes

    Raises
    ------
    ArtifactWriteError
        If it can't be written (disk full, no permission); nothing under the final name has changed.
    """
    try:
        with replacing(path) as file:
            file.write(data)
    except OSError as error:
        raise ArtifactWriteError(
            f"{path} can't be written: {error.strerror or error}; what was saved there before is untouched"
        ) from error


@contextlib.contextmanager
def lock_folder(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Let one process at a time change what is in a folder; the lock ends with the process.

    Parameters
    ----------
    folder : Path
    wait : bool
        Whether to wait for another process, or to raise `BlockingIOError`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ArtifactWriteError(f"{folder} can't be written: {error.strerror or error}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
