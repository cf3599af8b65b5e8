"""Writes the log as JSON, one line per event, to the standard output or to a file per day."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from ml_api.app.log_buffer import LineBuffer
from ml_api.app.log_files import DailyFile
from ml_api.errors import SettingsError
from ml_api.json_text import dump_json
from ml_api.services.daily_files import check_log_file
from ml_api.services.log_lines import Event, SourceRows, use_sink
from ml_api.services.redaction import Redactor

LOGGERS = ("ml_api", "regression_model")
MAX_LINE_CHARS = 2_000_000
"""Length of a line from which its parts of more than some thousand characters are left out."""
_SHORT_CHARS = 10_000
FEW_ROWS = 10
"""Rows in a line that is made when it is written; what it tells of must not change meanwhile."""
USUAL_BYTES = 2_000
"""Of such a line, about."""


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
        self._second = -1
        self._second_text = ""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record."""
        return self.write(record).decode("ascii")

    def write(self, record: logging.LogRecord) -> bytes:
        """Format a record, without the line's end."""
        head = (record.created, record.levelname, record.name, record.getMessage())
        error: dict[str, Any] = {"exception": self._format_error(record)} if record.exc_info else {}
        return self.write_fields(*head, getattr(record, "fields", {}), **error)

    def write_fields(
        self, created: float, level: str, logger: str, message: str, fields: Mapping[str, Any], **more: object
    ) -> bytes:
        """Write a line, without its end."""
        line: dict[str, object] = {
            "time": self._tell_time(created),
            "level": level,
            "logger": logger,
            "message": message,
            **self._redactor.redact_fields(fields),
            **more,
        }
        written = dump_json(line, default=_write_other)
        return written if len(written) <= MAX_LINE_CHARS else _shorten(line)

    def _tell_time(self, created: float) -> str:
        """Write a time to the millisecond; the seconds are mostly those of the line before."""
        second, text = int(created), self._second_text
        if second != self._second:
            text = f"{datetime.fromtimestamp(second, tz=UTC):%Y-%m-%dT%H:%M:%S}"
            self._second_text, self._second = text, second
        return f"{text}.{int(created % 1 * 1000):03d}+00:00"

    def _format_error(self, record: logging.LogRecord) -> str:
        assert record.exc_info is not None
        if not self._redactor.active:
            return self.formatException(record.exc_info)
        kind, _, frames = record.exc_info
        told = ["Traceback (most recent call last):\n", *traceback.format_tb(frames)]
        return "".join([*told, "unknown" if kind is None else kind.__name__])


def _write_other(value: object) -> object:
    """Make of what JSON does not know what it knows."""
    return orjson.Fragment(value.source) if isinstance(value, SourceRows) else str(value)


def _shorten(line: dict[str, object]) -> bytes:
    """Write a line without its longest parts, so that it is still JSON."""
    parts = {name: dump_json(value, default=_write_other) for name, value in line.items()}
    shown = {
        name: orjson.Fragment(part if len(part) <= _SHORT_CHARS else b'"[left out: %d characters]"' % len(part))
        for name, part in parts.items()
    }
    return dump_json(shown)


class LineHandler(logging.Handler):
    """Formats lines, and has them written in their order; any thread or greenlet may log.

    Parameters
    ----------
    buffer : LineBuffer
    """

    def __init__(self, buffer: LineBuffer) -> None:
        super().__init__()
        self._buffer = buffer
        self._json = JsonFormatter()

    def createLock(self) -> None:
        """Make no lock: formatting needs none, and the buffer has its own."""
        self.lock = None

    def setFormatter(self, fmt: logging.Formatter | None) -> None:
        """Use another formatter, one of ours."""
        assert isinstance(fmt, JsonFormatter)
        super().setFormatter(fmt)
        self._json = fmt

    def handle(self, record: logging.LogRecord) -> bool:
        """Write a record, unless a filter is against it."""
        if self.filters and not self.filter(record):
            return False
        self.emit(record)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record soon, and if it is an error at once."""
        try:
            self._buffer.add(
                self._json.write(record) + b"\n", record.created, is_urgent=record.levelno >= logging.ERROR
            )
        except Exception:  # noqa: BLE001 - logging's own contract: a line that can't be written fails no request
            self.handleError(record)

    def take_fields(self, logger: logging.Logger, level: int, message: str, fields: Mapping[str, Any]) -> bool:
        """Write a line without the detour of a record, which costs twice as much as the line.

        Returns
        -------
        bool
            False, and nothing is done, if anybody else might want the record, or the line is an error.
        """
        if level >= logging.ERROR or self.filters or logger.filters or not self._is_alone(logger):
            return False
        created = time.time()
        build = partial(self._build, created, level, logger.name, message, fields)
        # What is long is made where it is logged, which may be a thread for what takes long.
        is_short = fields.get("n_rows", 0) <= FEW_ROWS
        try:
            self._buffer.add(build if is_short else build(), created, n_bytes=USUAL_BYTES)
        except Exception:  # noqa: BLE001 - as above
            self.handleError(Event(logger.name, level, message, fields))
        return True

    def _build(self, created: float, level: int, logger: str, message: str, fields: Mapping[str, Any]) -> bytes:
        try:
            return self._json.write_fields(created, logging.getLevelName(level), logger, message, fields) + b"\n"
        except Exception:  # noqa: BLE001 - as above
            self.handleError(Event(logger, level, message, fields))
            return b""

    def _is_alone(self, logger: logging.Logger) -> bool:
        """Say whether records of a logger come to this handler, and to no other."""
        is_found = False
        asked: logging.Logger | None = logger
        while asked is not None:
            if asked.handlers:
                if is_found or asked.handlers != [self]:
                    return False
                is_found = True
            asked = asked.parent if asked.propagate else None
        return is_found

    def flush(self) -> None:
        """Write what waits."""
        self._buffer.flush()

    def close(self) -> None:
        """Write what waits, and end."""
        self._buffer.close()
        super().close()


def write_to_standard_output(lines: bytes, _day: int) -> None:
    """Write lines to the standard output of the moment, not to that of the time when the log was set up."""
    stream = sys.stdout
    binary = getattr(stream, "buffer", None)
    if binary is None:
        stream.write(lines.decode("ascii"))
    else:  # without a detour through text, which would take longer than writing
        stream.flush()
        binary.write(lines)
    stream.flush()


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
        See `DailyFile`; its folder exists.
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
    buffer = LineBuffer(write_to_standard_output)
    if file is not None:
        try:
            check_log_file(file)
            day_file = DailyFile(file)
            buffer = LineBuffer(day_file.write, close=day_file.close)
        except SettingsError as error:
            if is_required:
                raise
            problem = error
    handler = LineHandler(buffer)
    handler.setFormatter(JsonFormatter(redactor))
    use_sink(handler.take_fields)
    for name in LOGGERS:
        logger = logging.getLogger(name)
        for old in list(logger.handlers):
            if isinstance(old, LineHandler):
                logger.removeHandler(old)
                old.close()
        logger.addHandler(handler)
        logger.setLevel(level)
    if problem is not None:
        reason = {"fields": {"reason": problem.message}}
        logging.getLogger(LOGGERS[0]).error("the log goes to the standard output", extra=reason)
