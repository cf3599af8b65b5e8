"""The daily log file, also when several processes share it, and what never gets into any log."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ml_api.app import create_app
from ml_api.app.log_buffer import LineBuffer
from ml_api.app.log_files import DailyFile
from ml_api.app.logs import JsonFormatter, LineHandler, configure_logging
from ml_api.errors import SettingsError
from ml_api.services.keys import create_key
from ml_api.services.keys_file import change_keys
from ml_api.services.redaction import Redactor
from ml_api.settings import TestingSettings

CANARY = "canary-7f3a"


@pytest.fixture(autouse=True)
def _restore_logging():
    yield
    configure_logging("DEBUG")


def read_lines(folder: Path) -> list[dict]:
    return [json.loads(line) for file in sorted(folder.iterdir()) for line in file.read_text("ascii").splitlines()]


def count_day(*day: int) -> int:
    return (date(*day) - date(1970, 1, 1)).days


def test_each_day_has_its_file(tmp_path):
    handler = DailyFile(tmp_path / "api.log")
    handler.write(b"1\n", count_day(2026, 2, 28))
    handler.write(b"2\n", count_day(2026, 2, 28))
    handler.write(b"3\n", count_day(2026, 3, 1))
    handler.close()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "api-2026-02-28.log": b"1\n2\n",
        "api-2026-03-01.log": b"3\n",
    }


def test_a_line_goes_to_the_file_of_the_day_that_it_tells(tmp_path):
    handler = LineHandler(LineBuffer(DailyFile(tmp_path / "api.log").write))
    midnight = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
    for created in (midnight - 0.001, midnight):
        handler.emit(logging.makeLogRecord({"created": created, "msg": "m", "levelno": logging.INFO}))
    handler.close()
    times = {file.name: json.loads(file.read_text())["time"] for file in tmp_path.iterdir()}
    assert times == {
        "api-2026-02-28.log": "2026-02-28T23:59:59.999+00:00",
        "api-2026-03-01.log": "2026-03-01T00:00:00.000+00:00",
    }


@pytest.mark.parametrize("move", [lambda path: path.rename(path.with_name("moved")), Path.unlink])
def test_a_file_that_is_moved_or_removed_is_begun_anew(tmp_path, move):
    handler = DailyFile(tmp_path / "api.log")
    handler.write(b"1\n", count_day(2026, 2, 28))
    move(tmp_path / "api-2026-02-28.log")
    handler.write(b"2\n", count_day(2026, 2, 28))
    handler.close()
    assert (tmp_path / "api-2026-02-28.log").read_bytes() == b"2\n"


def test_a_file_that_cannot_be_written_stops_the_start(tmp_path):
    with pytest.raises(SettingsError, match="ML_API_LOG_FILE must be a file that can be written to"):
        configure_logging("INFO", file=tmp_path / "nowhere" / "api.log")


def test_a_file_replaces_the_standard_output_and_is_replaced_again(tmp_path, capsys):
    configure_logging("INFO", file=tmp_path / "api.log")
    logging.getLogger("ml_api.tests").info("to the file")
    configure_logging("INFO")
    logging.getLogger("ml_api.tests").info("to the output")
    assert [line["message"] for line in read_lines(tmp_path)] == ["to the file"]
    assert [json.loads(line)["message"] for line in capsys.readouterr().out.splitlines()] == ["to the output"]


WRITER = """
import logging, sys
from pathlib import Path
from ml_api.app.logs import configure_logging

configure_logging("INFO", file=Path(sys.argv[1]))
sys.stdin.readline()  # all begin together
for number in range(300):
    fields = {"writer": sys.argv[2], "number": number, "padding": sys.argv[2] * (1 + number * 977 % 60_000)}
    logging.getLogger("ml_api").info("m", extra={"fields": fields})
"""


def test_several_processes_do_not_mix_their_lines(tmp_path):
    # Given four processes with one log file
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "api.log"), name], stdin=subprocess.PIPE, text=True
        )
        for name in "abcd"
    ]
    # When they write lines, short ones and such that no pipe would take in one piece, at the same time
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.close()
    assert [writer.wait(60) for writer in writers] == [0] * 4
    # Then each line is whole, and each writer's are in order
    lines = read_lines(tmp_path)
    for name in "abcd":
        own = [line for line in lines if line["writer"] == name]
        assert [line["number"] for line in own] == list(range(300))
        assert all(set(line["padding"]) == {name} for line in own)
    assert len(lines) == 1200


def ask_with_secrets(app, row) -> None:
    client = app.test_client()
    headers = {
        "Authorization": f"Bearer {CANARY}",
        "Cookie": f"session={CANARY}",
        "X-API-Key": CANARY,
        "X-CSRFToken": CANARY,
        "X-Forwarded-For": CANARY,
        "X-Request-ID": f"{CANARY} {CANARY}",
        "User-Agent": CANARY,
        "Referer": f"http://localhost/?key={CANARY}",
    }
    body = {"key": CANARY}
    for path in ("/v1/predict", "/v1/feedback", "/login", "/nowhere", "/health"):
        for options in ({"json": row}, {"data": body}, {"data": CANARY, "content_type": CANARY}):
            client.post(f"{path}?key={CANARY}&explain={CANARY}", headers=headers, **options)
        client.get(f"{path}?key={CANARY}", headers=headers)


def test_secrets_are_never_logged(model_folder, row, tmp_path, caplog):
    app = create_app(TestingSettings(artifact=model_folder, log_file=tmp_path / "api.log", log_level="DEBUG"))

    @app.get("/fail")
    def fail() -> str:
        raise RuntimeError

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client().get("/fail", headers={"Authorization": f"Bearer {CANARY}"})
    ask_with_secrets(app, row)
    assert len(read_lines(tmp_path)) > 20
    assert CANARY not in "".join(file.read_text() for file in tmp_path.iterdir())
    assert CANARY not in caplog.text


def test_redacted_features_are_in_no_log(model_folder, row, tmp_path):
    (tmp_path / "log").mkdir()
    settings = TestingSettings(
        artifact=model_folder,
        log_file=tmp_path / "log" / "api.log",
        log_redact=("Neighborhood", "LotArea"),
        prediction_log=tmp_path / "kept",
    )
    app = create_app(settings)
    client = app.test_client()
    client.post("/v1/predict", json=[{**row, "Neighborhood": CANARY}, {**row, "neighbourhood": CANARY}, [CANARY]])
    client.post("/v1/predict", json={**row, "LotArea": CANARY})
    client.post("/v1/predict", json=[{**row, CANARY: 5}, {CANARY: 5}])
    client.post("/v1/predict", json={**row, CANARY: "x" * 10_001})  # an error that names the column
    misspelt = {**row, f"LotArea {CANARY}": 5}  # a message that quotes the name
    del misspelt["LotArea"]
    client.post("/v1/predict", json=misspelt)
    app.extensions["ml_api"].prediction_log.close()
    lines = read_lines(tmp_path / "log")
    inputs = [line["inputs"] for line in lines if line["message"] == "prediction input"]
    assert inputs[0][0] == {**row, "Neighborhood": "[redacted]", "LotArea": "[redacted]"}
    assert read_lines(tmp_path / "kept")[0]["redacted"] == ["LotArea", "Neighborhood"]
    for folder in ("log", "kept"):
        assert CANARY not in "".join(file.read_text() for file in (tmp_path / folder).iterdir())


def test_where_anything_is_redacted_exceptions_are_told_without_their_messages():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("test_log_files")
    logger.addHandler(handler)
    told = []
    for redactor in (Redactor(["Income"]), Redactor()):
        handler.setFormatter(JsonFormatter(redactor))
        try:
            float(CANARY)
        except ValueError:
            logger.exception("m")
        told.append(json.loads(stream.getvalue().splitlines()[-1])["exception"])
    hidden, open_ = told
    assert CANARY not in hidden
    assert hidden.endswith("ValueError")
    assert "in test_where_anything_is_redacted" in hidden
    assert CANARY in open_


def test_input_and_output_are_told_apart_with_model_and_latency(model_folder, row, tmp_path, artifact):
    app = create_app(TestingSettings(artifact=model_folder, log_file=tmp_path / "api.log"))
    answer = app.test_client().post("/v1/predict", json=row, headers={"X-Request-ID": "the-id"}).get_json()
    lines = {line["message"]: line for line in read_lines(tmp_path) if line.get("request_id") == "the-id"}
    assert list(lines) == ["prediction input", "prediction output", "request"]
    for message in ("prediction input", "prediction output"):
        assert lines[message]["model_version"] == artifact.version
        assert lines[message]["key_id"] is None
        assert lines[message]["prediction_id"] == answer["prediction_id"]
    assert lines["prediction input"]["inputs"] == [row]
    assert lines["prediction output"]["predictions"] == answer["predictions"]
    assert 0 < lines["prediction output"]["latency_ms"] <= lines["request"]["duration_ms"]


def test_a_key_is_named_by_its_id_and_never_told(model_folder, row, tmp_path):
    # Given an application with keys
    keys_file = tmp_path / "keys.json"

    def change(keys):
        changed, _, token = create_key(keys, "shop", ("predict",))
        return changed, token

    token = change_keys(keys_file, change)
    (tmp_path / "log").mkdir()
    settings = TestingSettings(
        artifact=model_folder,
        keys_file=keys_file,
        log_file=tmp_path / "log" / "api.log",
        log_level="DEBUG",
        prediction_log=tmp_path / "kept",
    )
    app = create_app(settings)
    client = app.test_client()
    # When a key is used, a good one and one of which only the secret is wrong
    identity, secret = token.split("_", 2)[1:]  # the secret may hold underscores
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post("/v1/predict", json=row, headers=headers).get_json()
    outcome = {"prediction_id": answer["prediction_id"], "outcome": 1}
    assert client.post("/v1/feedback", json=outcome, headers=headers).status_code == 202
    wrong = {"Authorization": f"Bearer {token[:-1]}{'a' if token[-1] != 'a' else 'b'}"}
    assert client.post("/v1/predict", json=row, headers=wrong).status_code == 401
    client.post("/login", data={"key": token})
    # Then its id is in both logs, and nothing of its secret
    app.extensions["ml_api"].prediction_log.close()
    lines, kept = read_lines(tmp_path / "log"), read_lines(tmp_path / "kept")
    steps = [line for line in lines if line["message"] in ("prediction input", "prediction output")]
    assert [line["key_id"] for line in [*steps, *kept]] == [identity] * 4
    for folder in ("log", "kept"):
        assert secret[:12] not in "".join(file.read_text() for file in (tmp_path / folder).iterdir())
