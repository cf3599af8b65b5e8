"""Where log records go: to stderr for people, and on request to a file that begins anew each day."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from logging.handlers import TimedRotatingFileHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

_OURS = "regression_model"
_KEPT_DAYS = 30
_COLOURS = {logging.WARNING: "yellow", logging.ERROR: "red", logging.CRITICAL: "red"}


@contextlib.contextmanager
def logging_to(console: Console, *, level: int, file: Path | None = None) -> Iterator[None]:
    """Handle log records while a command runs, and leave logging as it was.

    Parameters
    ----------
    console : Console
        Shows records of this package from `level` upwards, and warnings of other libraries.
    level : int
        As in `logging`.
    file : Path, optional
        Gets all records from INFO upwards (from DEBUG, if that is the level) with their time in UTC. It is renamed
        at midnight UTC, and the last 30 days are kept.

    Raises
    ------
    OSError
        If the file can't be written.
    """
    handlers: list[logging.Handler] = [_ConsoleHandler(console, level)]
    if file is not None:
        handlers.append(_build_file_handler(file))
    root, ours = logging.getLogger(), logging.getLogger(_OURS)
    before = ours.level
    ours.setLevel(min(level, logging.INFO))
    for handler in handlers:
        root.addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        ours.setLevel(before)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def _build_file_handler(file: Path) -> logging.Handler:
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = TimedRotatingFileHandler(file, when="midnight", utc=True, backupCount=_KEPT_DAYS, encoding="utf-8")
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    return handler


class _ConsoleHandler(logging.Handler):
    """Prints records through the console, so that progress bars stay whole."""

    def __init__(self, console: Console, level: int) -> None:
        super().__init__(level)
        self._console = console
        self.addFilter(self._is_for_people)

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record, without traceback."""
        name = "" if record.name.startswith(_OURS) else f"{record.name}: "
        self._console.print(f"{record.levelname.lower()}:", style=_COLOURS.get(record.levelno, "dim"), end=" ")
        self._console.print(f"{name}{record.getMessage()}", markup=False, soft_wrap=True)

    def _is_for_people(self, record: logging.LogRecord) -> bool:
        """Leave out what was printed already, and what Python warns programmers of, unless details are wanted."""
        if getattr(record, "shown", False):
            return False
        return record.name != "py.warnings" or self.level < logging.WARNING
