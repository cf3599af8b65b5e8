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


_CONTAINERS = frozenset({list, dict})
_LEFT_OUT = "[left out: no single value]"

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


def flatten_row(row: Any) -> Any:  # noqa: ANN401 - a row may be anything
    """Return a row without lists and objects: the log would hold everybody up to write some of any length.

    Of a series it says how many measurements it has.

    Examples
    --------
    >>> flatten_row({"LotArea": 8450, "speed": [0.1, 0.2]})
    {'LotArea': 8450, 'speed': '[left out: a list of 2]'}
    """
    if type(row) is list:
        return _LEFT_OUT
    if type(row) is not dict or _CONTAINERS.isdisjoint(map(type, row.values())):
        return row
    return {name: _flatten_value(value) for name, value in row.items()}


def _flatten_value(value: Any) -> Any:  # noqa: ANN401 - as above
    if type(value) is list:
        return f"[left out: a list of {len(value):,}]"
    return _LEFT_OUT if type(value) is dict else value
