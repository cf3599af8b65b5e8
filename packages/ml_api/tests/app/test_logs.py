from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

import pytest

from ml_api.app.logs import JsonFormatter, configure_logging
from ml_api.services.log_lines import Event, log_fields


@pytest.fixture(autouse=True)
def _restore_levels():
    levels = {name: logging.getLogger(name).level for name in ("ml_api", "regression_model")}
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_a_line_is_one_json_object_with_the_fields(capsys):
    configure_logging("INFO")
    logging.getLogger("ml_api.tests").info("hello %s", "you", extra={"fields": {"request_id": "r", "n_rows": 2}})
    [text] = capsys.readouterr().out.splitlines()
    line = json.loads(text)
    assert (datetime.now(tz=UTC) - datetime.fromisoformat(line.pop("time"))).total_seconds() < 60
    assert line == {
        "level": "INFO",
        "logger": "ml_api.tests",
        "message": "hello you",
        "request_id": "r",
        "n_rows": 2,
    }


def test_nothing_in_a_value_can_begin_a_new_line(capsys):
    configure_logging("INFO")
    hostile = 'a\nb\r\u2028c\x1b[31m"\ud800'
    logging.getLogger("ml_api").info(hostile, extra={"fields": {"inputs": [{hostile: hostile}]}})
    out = capsys.readouterr().out
    assert out.isascii()
    assert len(out.splitlines()) == 1
    assert json.loads(out)["inputs"] == [{hostile: hostile}]


def test_an_exception_is_told_with_its_traceback():
    try:
        raise RuntimeError("the reason")
    except RuntimeError as error:
        record = logging.LogRecord(
            "n", logging.ERROR, __file__, 1, "m", None, (type(error), error, error.__traceback__)
        )
    exception = json.loads(JsonFormatter().format(record))["exception"]
    assert exception.startswith("Traceback")
    assert exception.endswith("RuntimeError: the reason")


def test_a_line_that_is_too_long_loses_its_longest_parts_and_stays_json():
    fields = {"request_id": "r", "inputs": ["x" * 100] * 20_000, "n_rows": 20_000}
    line = json.loads(JsonFormatter().format(logging.makeLogRecord({"msg": "m", "fields": fields})))
    assert line.pop("inputs") == "[left out: 2060001 characters]"
    assert (line["message"], line["request_id"], line["n_rows"]) == ("m", "r", 20_000)


def test_what_json_does_not_know_is_written_as_text():
    record = logging.makeLogRecord({"msg": "m", "fields": {"path": object}})
    assert json.loads(JsonFormatter().format(record))["path"] == "<class 'object'>"


def test_the_level_holds_for_both_packages_and_lines_are_not_doubled(capsys):
    configure_logging("DEBUG")
    configure_logging("WARNING")
    for name in ("ml_api.tests", "regression_model.tests"):
        logging.getLogger(name).info("quiet")
        logging.getLogger(name).warning("loud")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["logger"], line["message"]) for line in lines] == [
        ("ml_api.tests", "loud"),
        ("regression_model.tests", "loud"),
    ]


def test_a_list_within_a_row_is_left_out_before_it_is_written(client, capsys):
    client.post("/v1/predict", json=[{"LotArea": [9e99] * 1000, "Neighborhood": "x"}, [1, 2], 5])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [inputs] = [line["inputs"] for line in lines if line["message"] == "prediction input"]
    assert inputs == [
        {"LotArea": "[left out: a list of 1,000]", "Neighborhood": "x"},
        "[left out: no single value]",
        5,
    ]


def test_rows_are_logged_as_they_came(client, row, capsys):
    bodies = [json.dumps([row, row]), json.dumps({"inputs": [row]}), json.dumps(row), json.dumps([row], indent=1)]
    for body in bodies:
        client.post("/v1/predict", data=body, content_type="application/json")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    inputs = [line["inputs"] for line in lines if line["message"] == "prediction input"]
    assert inputs == [[row, row], [row], [row], [row]]


FIELDS = {"request_id": "r", "n_rows": 2}


def test_a_line_that_takes_the_short_way_is_the_one_that_a_record_would_have_made(capsys):
    configure_logging("INFO")
    logger = logging.getLogger("ml_api.tests.short")
    log_fields(logger, "100 % hello", FIELDS)
    logger.handle(Event(logger.name, logging.INFO, "100 % hello", FIELDS))
    log_fields(logger, "not this one", FIELDS, logging.DEBUG)
    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    for line in lines:
        del line["time"]
    assert lines == [{"level": "INFO", "logger": logger.name, "message": "100 % hello", **FIELDS}] * 2


@pytest.mark.parametrize("place", ["", "ml_api", "ml_api.tests.others"])
def test_others_who_listen_get_their_records(capsys, place):
    heard: list[logging.LogRecord] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record)

    configure_logging("INFO")
    listener, logger = Listener(), logging.getLogger("ml_api.tests.others")
    logging.getLogger(place).addHandler(listener)
    try:
        log_fields(logger, "hello", FIELDS)
    finally:
        logging.getLogger(place).removeHandler(listener)
    assert [(record.getMessage(), record.fields) for record in heard] == [("hello", FIELDS)]
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_filter_has_its_say(capsys):
    configure_logging("INFO")
    logger = logging.getLogger("ml_api.tests.filtered")
    logger.addFilter(lambda record: record.getMessage() != "secret")
    log_fields(logger, "secret", FIELDS)
    log_fields(logger, "open", FIELDS)
    assert [json.loads(text)["message"] for text in capsys.readouterr().out.splitlines()] == ["open"]
