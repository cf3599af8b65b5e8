"""Writes the log as JSON, one line per event, to the standard output."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

LOGGERS = ("ml_api", "regression_model")


class JsonFormatter(logging.Formatter):
    """One event, one line of JSON, in ASCII: nothing in a value can begin a new line or upset a terminal.

    What a call passes as ``extra={"fields": {...}}`` becomes keys of the line.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Format a record."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class StandardOutputHandler(logging.Handler):
    """Writes to the standard output of the moment, not to that of the time when it was made."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line in one piece, so that lines of several threads do not mix."""
        try:
            sys.stdout.write(self.format(record) + "\n")
            sys.stdout.flush()
        except Exception:  # noqa: BLE001 - logging's own contract: a line that can't be written fails no request
            self.handleError(record)


def configure_logging(level: str) -> None:
    """Send the lines of the API and of the model package to the standard output.

    Can be called again: the handler of an earlier call is replaced. The root logger is left to the process
    that we are in.

    Parameters
    ----------
    level : str
        The least severe level that is written: ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``.
    """
    for name in LOGGERS:
        logger = logging.getLogger(name)
        for handler in list(logger.handlers):
            if isinstance(handler, StandardOutputHandler):
                logger.removeHandler(handler)
        handler = StandardOutputHandler()
        handler.setFormatter(JsonFormatter())
        logger.addHandler(handler)
        logger.setLevel(level)
