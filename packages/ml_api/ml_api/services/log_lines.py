"""Tells the log of the process what happened in a request, at less than the price of Python's own records."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

# As other formatters expect them of a record.
_UNKNOWN: Mapping[str, Any] = {
    **dict.fromkeys(("pathname", "filename", "module", "funcName"), ""),
    **dict.fromkeys(
        ("exc_info", "exc_text", "stack_info", "thread", "threadName", "process", "processName", "taskName")
    ),
    "lineno": 0,
    "args": (),
    "relativeCreated": 0.0,
}


_sinks: list[Callable[[logging.Logger, int, str, Mapping[str, Any]], bool]] = []  # none or one


class Event(logging.LogRecord):
    """A line of the log: what it says, and nothing of where in the code or in which thread it was said.

    Finding that out takes longer than anything else on the way of a line to its file.
    """

    def __init__(self, name: str, level: int, message: str, fields: Mapping[str, Any]) -> None:
        created = time.time()
        self.__dict__.update(_UNKNOWN)
        self.name = name
        self.levelno = level
        self.levelname = logging.getLevelName(level)
        self.msg = message
        self.created = created
        self.msecs = created % 1 * 1000
        self.fields = fields


def log_fields(logger: logging.Logger, message: str, fields: Mapping[str, Any], level: int = logging.INFO) -> None:
    """Write a line with fields, if the logger takes lines of its level.

    Parameters
    ----------
    logger : Logger
    message : str
        As it is: nothing is put into it.
    fields : mapping
        Keys of the line.
    level : int
    """
    if logger.isEnabledFor(level) and not (_sinks and _sinks[0](logger, level, message, fields)):
        logger.handle(Event(logger.name, level, message, fields))


def use_sink(take: Callable[[logging.Logger, int, str, Mapping[str, Any]], bool]) -> None:
    """Offer each line to a handler first, without a record; it says whether it has taken it.

    Parameters
    ----------
    take : callable
        Gets the logger, the level, the message and the fields. Replaces that of an earlier call.
    """
    _sinks[:] = [take]


class SourceRows(Sequence[Any]):
    """Rows, and the JSON that they were read from.

    Parameters
    ----------
    rows : sequence
    source : bytes
        A list in one line of ASCII.
    """

    def __init__(self, rows: Sequence[Any], source: bytes) -> None:
        self._rows = rows
        self.source = source

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - as of any sequence
        return self._rows[index]

    def __eq__(self, other: object) -> bool:
        return list(self._rows) == other

    __hash__ = None  # type: ignore[assignment]
