from __future__ import annotations

import json
import logging

import pytest

from regression_model.errors import ConfigError, MissingExtraError, NotLowerableError, TrainingError
from regression_model.train_pipeline.isolation.messages import (
    decode,
    decode_error,
    encode,
    encode_error,
    encode_record,
    handle_record,
)


@pytest.mark.parametrize(
    "error",
    [
        TrainingError("no rows are left"),
        ConfigError("must be above 0", file="houses.yml", line=3, key="model.alpha"),
        NotLowerableError("log", "there is no lowering"),
        MissingExtraError("the model family 'lightgbm'", "lightgbm"),
        FileNotFoundError(2, "No such file or directory", "table.csv"),
        OSError("cannot lock"),
        MemoryError(),
        KeyError("area"),
        UnicodeEncodeError("ascii", "\u00e9", 0, 1, "ordinal not in range"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_the_same_on_the_other_side(error):
    rebuilt = decode_error(json.loads(json.dumps(encode_error(error))))
    assert type(rebuilt) is type(error)
    assert str(rebuilt) == str(error)
    for name in ("file", "line", "key", "step", "extra", "filename", "errno"):
        assert getattr(rebuilt, name, None) == getattr(error, name, None)


def test_an_error_of_a_library_says_what_it_was_and_where_it_came_from():
    class OddError(Exception):
        pass

    try:
        raise OddError("very odd")
    except OddError as error:
        rebuilt = decode_error(encode_error(error))
    assert type(rebuilt) is RuntimeError
    assert str(rebuilt) == "OddError: very odd"
    assert "test_messages.py" in rebuilt.__notes__[0]


def test_an_error_whose_arguments_can_not_be_carried_says_what_it_was():
    rebuilt = decode_error(encode_error(ExceptionGroup("several", [ValueError("one")])))
    assert type(rebuilt) is RuntimeError
    assert str(rebuilt) == "ExceptionGroup: several (1 sub-exception)"


@pytest.mark.parametrize("line", [b"", b"\n", b"text\n", b"5\n", b"[]\n", b"{}\n", b'{"stage": "x', b"\xff\n"])
def test_what_is_no_message_is_not_taken_for_one(line):
    assert decode(line) is None
    assert decode(encode({"stage": "\ud800"})) == {"stage": "\ud800"}


def test_a_log_record_arrives_with_its_level_its_mark_and_its_traceback(caplog):
    try:
        raise ValueError("no such column")
    except ValueError:
        record = logging.LogRecord("regression_model.x", logging.WARNING, "x.py", 1, "%d rows", (3,), None)
        record.exc_info = __import__("sys").exc_info()
        record.shown = True
    with caplog.at_level(logging.WARNING):
        handle_record(json.loads(json.dumps(encode_record(record))))
    (logged,) = caplog.records
    assert (logged.name, logged.levelname, logged.getMessage(), logged.shown) == (
        "regression_model.x",
        "WARNING",
        "3 rows",
        True,
    )
    assert "ValueError: no such column" in caplog.text


def test_a_record_that_nobody_wants_is_not_logged(caplog):
    record = logging.LogRecord("regression_model.x", logging.DEBUG, "x.py", 1, "detail", (), None)
    with caplog.at_level(logging.INFO):
        handle_record(encode_record(record))
    assert caplog.records == []
