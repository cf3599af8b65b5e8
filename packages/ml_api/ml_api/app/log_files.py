"""A log file per day, which any number of processes may share."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from ml_api.app.log_buffer import DAY_S
from ml_api.services.daily_files import name_log_file, open_log_file


class DailyFile:
    """Appends to a file per day.

    The day, in UTC, is part of the file's name, so that nobody has to rename a file that others write to: each process
    goes on to the new day's file by itself. Lines that are written together are one write to a file that is open for
    appending, and on a local disk such writes do not mix; on NFS they may. A file that is moved or removed is begun
    anew.

    Parameters
    ----------
    path : Path
        ``ml-api.log`` stands for ``ml-api-2026-11-21.log``, and so on, in the same folder.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._identity: tuple[int, int] | None = None

    def write(self, lines: bytes, day: int) -> None:
        """Append lines to the file of a day, counted from 1970.

        Raises
        ------
        OSError
            If they can't be written.
        """
        file = self._open(name_log_file(self._path, datetime.fromtimestamp(day * DAY_S, tz=UTC).date()))
        rest = memoryview(lines)
        while rest:  # a disk that is nearly full takes a part
            rest = rest[os.write(file, rest) :]

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self, path: Path) -> int:
        """Return the day's file, opened again if it is another one than last time."""
        if self._file is not None and _find_identity(path) == self._identity:
            return self._file
        self.close()
        self._file = open_log_file(path)
        found = os.fstat(self._file)
        self._identity = (found.st_dev, found.st_ino)
        return self._file


def _find_identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
