"""How the process that trains tells its parent of progress, log records, errors and the result: lines of JSON."""

from __future__ import annotations

import builtins
import json
import logging
import traceback
from collections.abc import Mapping
from typing import Any

from regression_model import errors


def encode_error(error: Exception) -> dict[str, Any]:
    """Describe an error so that `decode_error` can rebuild it elsewhere."""
    kind = type(error)
    return {
        "kind": kind.__name__,
        "home": kind.__module__,
        "arguments": [_plain(argument) for argument in error.args],
        "attributes": {name: _plain(value) for name, value in vars(error).items() if name != "__notes__"},
        "os": _describe_system_error(error),
        "text": str(error),
        "traceback": "".join(traceback.format_exception(error)),
    }


def _describe_system_error(error: Exception) -> list[object] | None:
    """Return number, text and file of an `OSError`, whose arguments lack the file."""
    if not isinstance(error, OSError) or error.errno is None:
        return None
    return [error.errno, error.strerror, _plain(error.filename)]


def decode_error(described: Mapping[str, Any]) -> Exception:
    """Rebuild an error: one of ours or of Python's as what it was, another library's as a `RuntimeError`.

    The traceback in the other process becomes a note, which Python prints with the error's own traceback.
    """
    error = _rebuild(described) or RuntimeError(f"{described['kind']}: {described['text']}")
    error.add_note(f"In the process that trained:\n{described['traceback']}")
    return error


def _rebuild(described: Mapping[str, Any]) -> Exception | None:
    name, arguments = described["kind"], described["arguments"]
    if described["home"] == errors.__name__ and (kind := getattr(errors, name, None)) is not None:
        # Its constructor may take other arguments than it hands on.
        error: Exception = kind.__new__(kind, *arguments)
        Exception.__init__(error, *arguments)
        vars(error).update(described["attributes"])
        return error
    if described["home"] != builtins.__name__:
        return None
    try:
        error = getattr(builtins, name)(*(described["os"] or arguments))
    except (AttributeError, TypeError, ValueError):  # an argument that JSON can't carry
        return None
    return error


def encode_record(record: logging.LogRecord) -> dict[str, Any]:
    """Describe a log record; its text is final, and a traceback is text."""
    shown = None if record.exc_info is None else logging.Formatter().formatException(record.exc_info)
    return {
        "name": record.name,
        "levelno": record.levelno,
        "levelname": record.levelname,
        "msg": record.getMessage(),
        "created": record.created,
        "exc_text": shown,
        "shown": getattr(record, "shown", False),
    }


def handle_record(described: Mapping[str, Any]) -> None:
    """Log in this process what another one has logged."""
    logger = logging.getLogger(described["name"])
    if logger.isEnabledFor(described["levelno"]):
        logger.handle(logging.makeLogRecord(dict(described)))


def encode(message: Mapping[str, Any]) -> bytes:
    """Write a message as one line of ASCII."""
    return json.dumps(message).encode("ascii") + b"\n"


def decode(line: bytes) -> dict[str, Any] | None:
    """Read what `encode` wrote; None for anything else, such as text that was printed or a line that broke off."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) and message else None


def _plain(value: object) -> object:
    """Turn what JSON does not know into text."""
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
