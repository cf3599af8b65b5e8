"""Appends to files of one process: a new one each day, and when one has grown large; old ones are removed."""

from __future__ import annotations

import os
import re
import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ml_api.errors import SettingsError

MAX_BYTES = 64 * 1024 * 1024


class DailyFiles:
    """Files ``<kind>-<YYYYMMDD>-<process>-<number>.ndjson`` in a folder, one of them open at a time.

    Not safe for several threads: one thread writes. Safe for any number of processes, since ``<process>`` is drawn at
    random and no file is ever shared.

    Parameters
    ----------
    folder : Path
        It exists.
    kind : str
        Lower-case letters.
    retention_days : int
        Files of this kind, of whatever process, that were begun more days ago are removed when a file is begun.
    max_bytes : int
        A file is not appended to once it is this large.
    """

    def __init__(self, folder: Path, kind: str, *, retention_days: int, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._kind = kind
        self._retention_days = retention_days
        self._max_bytes = max_bytes
        self._process = secrets.token_hex(8)
        self._number = 0
        self._file: int | None = None
        self._day = date.min
        self._size_bytes = 0

    def append(self, line: bytes) -> None:
        """Append one line.

        Raises
        ------
        OSError
            If it can't be written whole. The next one then goes to a new file, so that it does not begin in the
            middle of a broken one.
        """
        today = _today()
        if self._file is not None and (today != self._day or self._size_bytes >= self._max_bytes):
            self.close()
        try:
            self._write(self._file if self._file is not None else self._begin(today), line)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Close the open file, if there is one."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def remove_old(self) -> None:
        """Remove the files that are past the time for which they are kept."""
        oldest = f"{_today() - timedelta(days=self._retention_days):%Y%m%d}"
        for path in self._folder.glob(f"{self._kind}-*.ndjson"):
            found = re.fullmatch(rf"{self._kind}-(\d{{8}})-[0-9a-f]{{16}}-\d{{4,}}\.ndjson", path.name)
            if found is not None and found[1] < oldest:
                path.unlink(missing_ok=True)  # another process may have been quicker

    def _begin(self, today: date) -> int:
        self._number += 1
        path = self._folder / f"{self._kind}-{today:%Y%m%d}-{self._process}-{self._number:04d}.ndjson"
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._day, self._size_bytes = today, 0
        self.remove_old()
        return self._file

    def _write(self, file: int, line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            written = os.write(file, rest)
            self._size_bytes += written
            rest = rest[written:]


def make_log_folder(folder: Path) -> None:
    """Make the folder of the prediction log, where there is none.

    Raises
    ------
    SettingsError
        If it can't be written to.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(f"no permission to write to {folder}")
    except OSError as error:
        raise SettingsError(f"ML_API_PREDICTION_LOG must be a folder that can be written to: {error}") from error


def name_log_file(path: Path, day: date) -> Path:
    """Return the file that ``ML_API_LOG_FILE`` stands for on a day.

    Examples
    --------
    >>> name_log_file(Path("ml-api.log"), date(2026, 11, 21)).name
    'ml-api-2026-11-21.log'
    """
    return path.with_name(f"{path.stem}-{day.isoformat()}{path.suffix}")


def open_log_file(path: Path) -> int:
    """Open a day's log for lines at its end, where there is none a new one; return its descriptor."""
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)


def check_log_file(path: Path) -> None:
    """Check that the file that ``ML_API_LOG_FILE`` stands for today can be written to.

    Raises
    ------
    SettingsError
        If it can't.
    """
    try:
        os.close(open_log_file(name_log_file(path, _today())))
    except OSError as error:
        raise SettingsError(f"ML_API_LOG_FILE must be a file that can be written to: {error}") from error


def _today() -> date:
    return datetime.now(tz=UTC).date()
