"""Writes the log as JSON, one line per event, to the standard output or to a file per day."""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from datetime import UTC, date, datetime
from pathlib import Path

from ml_api.errors import SettingsError
from ml_api.services.daily_files import check_log_file, name_log_file, open_log_file
from ml_api.services.offload import build_native_lock
from ml_api.services.redaction import Redactor

LOGGERS = ("ml_api", "regression_model")
MAX_LINE_CHARS = 2_000_000
"""Length of a line from which its parts of more than some thousand characters are left out."""
_SHORT_CHARS = 10_000


class JsonFormatter(logging.Formatter):
    """One event, one line of JSON, in ASCII: nothing in a value can begin a new line or upset a terminal.

    What a call passes as ``extra={"fields": {...}}`` becomes keys of the line.

    Parameters
    ----------
    redactor : Redactor, optional
        Hides what clients sent. Where it hides anything, exceptions are told without their messages, which may quote
        values.
    """

    def __init__(self, redactor: Redactor | None = None) -> None:
        super().__init__()
        self._redactor = Redactor() if redactor is None else redactor

    def format(self, record: logging.LogRecord) -> str:
        """Format a record."""
        fields = self._redactor.redact_fields(getattr(record, "fields", {}))
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **fields,
        }
        if record.exc_info:
            line["exception"] = self._format_error(record)
        text = json.dumps(line, default=str)
        return text if len(text) <= MAX_LINE_CHARS else _write_shortened(line)

    def _format_error(self, record: logging.LogRecord) -> str:
        assert record.exc_info is not None
        if not self._redactor.active:
            return self.formatException(record.exc_info)
        kind, _, frames = record.exc_info
        told = ["Traceback (most recent call last):\n", *traceback.format_tb(frames)]
        return "".join([*told, "unknown" if kind is None else kind.__name__])


def _write_shortened(line: dict[str, object]) -> str:
    """Write a line without its longest parts, so that it is still JSON."""
    parts = {name: json.dumps(value, default=str) for name, value in line.items()}
    shown = {
        name: value if len(parts[name]) <= _SHORT_CHARS else f"[left out: {len(parts[name])} characters]"
        for name, value in line.items()
    }
    return json.dumps(shown, default=str)


class SharedHandler(logging.Handler):
    """A handler that greenlets and native threads may use at the same time.

    gevent's locks do not always wake up a greenlet when a native thread lets go of them. While a line is written no
    greenlet gives way to another, so the interpreter's own lock will do.
    """

    def createLock(self) -> None:
        """Make the lock that is held while a line is written."""
        self.lock = build_native_lock()


class StandardOutputHandler(SharedHandler):
    """Writes to the standard output of the moment, not to that of the time when it was made."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line in one piece, so that lines of several threads do not mix."""
        try:
            sys.stdout.write(self.format(record) + "\n")
            sys.stdout.flush()
        except Exception:  # noqa: BLE001 - logging's own contract: a line that can't be written fails no request
            self.handleError(record)


class DailyFileHandler(SharedHandler):
    """Writes to a file per day, which any number of processes may share.

    The day, in UTC, is part of the file's name, so that nobody has to rename a file that others write to: each process
    goes on to the new day's file by itself. Each line is one write to a file that is open for appending, and on a
    local disk such writes do not mix; on NFS they may. A file that is moved or removed is begun anew.

    Parameters
    ----------
    path : Path
        ``ml-api.log`` stands for ``ml-api-2026-11-21.log``, and so on, in the same folder.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: int | None = None
        self._identity: tuple[int, int] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; what it says is the record's, and so is the day."""
        try:
            day = datetime.fromtimestamp(record.created, tz=UTC).date()
            self.write(self.format(record).encode("ascii") + b"\n", day)
        except Exception:  # noqa: BLE001 - as above
            self.handleError(record)

    def write(self, line: bytes, day: date) -> None:
        """Append a line to a day's file.

        Raises
        ------
        OSError
            If it can't be written.
        """
        os.write(self._open(name_log_file(self._path, day)), line)

    def close(self) -> None:
        """Close the file."""
        self._close_file()
        super().close()

    def _open(self, path: Path) -> int:
        """Return the day's file, opened again if it is another one than at the last line."""
        if self._file is not None and _find_identity(path) == self._identity:
            return self._file
        self._close_file()
        self._file = open_log_file(path)
        found = os.fstat(self._file)
        self._identity = (found.st_dev, found.st_ino)
        return self._file

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _find_identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def configure_logging(
    level: str, *, file: Path | None = None, redactor: Redactor | None = None, is_required: bool = True
) -> None:
    """Send the lines of the API and of the model package to the standard output, or to a file.

    Can be called again: the handler of an earlier call is replaced. The root logger is left to the process
    that we are in.

    Parameters
    ----------
    level : str
        The least severe level that is written: ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``.
    file : Path, optional
        See `DailyFileHandler`; its folder exists.
    redactor : Redactor, optional
        Hides values that came in rows.
    is_required : bool
        If not, the log goes to the standard output where the file can't be written to, and says so.

    Raises
    ------
    SettingsError
        If the file can't be written to.
    """
    problem: SettingsError | None = None
    handler: StandardOutputHandler | DailyFileHandler = StandardOutputHandler()
    if file is not None:
        try:
            check_log_file(file)
            handler = DailyFileHandler(file)
        except SettingsError as error:
            if is_required:
                raise
            problem = error
    handler.setFormatter(JsonFormatter(redactor))
    for name in LOGGERS:
        logger = logging.getLogger(name)
        for old in list(logger.handlers):
            if isinstance(old, StandardOutputHandler | DailyFileHandler):
                logger.removeHandler(old)
                old.close()
        logger.addHandler(handler)
        logger.setLevel(level)
    if problem is not None:
        reason = {"fields": {"reason": problem.message}}
        logging.getLogger(LOGGERS[0]).error("the log goes to the standard output", extra=reason)
