from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ml_api.errors import SettingsError
from ml_api.services.prediction_log import LogCounts, PredictionLog
from ml_api.services.records import FeedbackRecord, PredictionRecord
from ml_api.services.redaction import Redactor


def build_record(**changed: Any) -> PredictionRecord:
    values: dict[str, Any] = {
        "prediction_id": "p",
        "request_id": "r",
        "model_version": "0.1.0",
        "artifact_digest": "d",
        "key_id": None,
        "latency_ms": 1.5,
        "features": ["a", "b"],
        "rows": [{"a": 1, "b": "x"}],
        "predictions": [2.5],
        "errors": {},
        "time": datetime(2026, 11, 21, 9, 50, 17, 123_456, tzinfo=UTC),
    }
    return PredictionRecord(**{**values, **changed})


def write(folder: Path, *records: PredictionRecord, **options: Any) -> list[dict[str, Any]]:
    log = PredictionLog(folder, **options)
    log.start()
    assert all(log.record(record) for record in records)
    log.close()
    assert log.counts == LogCounts(written=len(records))
    [file] = folder.glob("predictions-*.ndjson")
    return [json.loads(line) for line in file.read_bytes().splitlines()]


def test_a_line_is_laid_out_as_documented(tmp_path):
    assert write(tmp_path, build_record()) == [
        {
            "time": "2026-11-21T09:50:17.123+00:00",
            "prediction_id": "p",
            "request_id": "r",
            "model_version": "0.1.0",
            "artifact_digest": "d",
            "key_id": None,
            "latency_ms": 1.5,
            "status": 200,
            "first_row": 0,
            "redacted": [],
            "rows": [{"a": 1, "b": "x"}],
            "predictions": [2.5],
            "probabilities": None,
            "classes": None,
            "errors": {},
        }
    ]


def test_only_features_and_single_values_are_kept(tmp_path):
    rows = [{"b": None, "c": "canary"}, None, {"a": {"a": "canary"}, "b": ["canary"]}, "canary", {"a": True}]
    errors = {
        "1": [{"field": "canary", "reason": "unknown_field", "message": "canary", "expected": "canary"}],
        "3": [{"field": "a", "reason": "wrong_type", "message": "canary", "expected": "canary"}],
    }
    [line] = write(tmp_path, build_record(rows=rows, predictions=[1.0, None, None, None, 2.0], errors=errors))
    assert line["rows"] == [{"b": None}, None, {"a": None, "b": None}, None, {"a": True}]
    assert line["errors"] == {
        "1": [{"field": None, "reason": "unknown_field"}],
        "3": [{"field": "a", "reason": "wrong_type"}],
    }
    assert "canary" not in json.dumps(line)


def test_redacted_features_are_left_out_and_named(tmp_path):
    [line] = write(tmp_path, build_record(), redactor=Redactor(["A"]))
    assert line["redacted"] == ["a"]
    assert line["rows"] == [{"b": "x"}]


def test_the_folder_is_for_its_owner_only(tmp_path):
    write(tmp_path / "new" / "folder", build_record())
    assert (tmp_path / "new" / "folder").stat().st_mode & 0o777 == 0o700


def test_outcomes_go_to_files_of_their_own(tmp_path):
    log = PredictionLog(tmp_path)
    log.start()
    time = datetime(2026, 11, 22, 8, tzinfo=UTC)
    records = [
        FeedbackRecord(prediction_id="p", row=row, outcome=outcome, request_id="r", key_id="k", time=time)
        for row, outcome in ((0, 5.0), (1, "Y"))
    ]
    assert log.record_feedback(records)
    log.close()
    [file] = tmp_path.iterdir()
    assert file.name.startswith("feedback-")
    common = {"time": "2026-11-22T08:00:00.000+00:00", "prediction_id": "p", "request_id": "r", "key_id": "k"}
    assert [json.loads(line) for line in file.read_bytes().splitlines()] == [
        {**common, "row": 0, "outcome": 5.0},
        {**common, "row": 1, "outcome": "Y"},
    ]


def test_what_waits_is_bounded_by_its_weight_not_by_its_rows(tmp_path):
    texts = [{"a": "x" * 1_000_000}] * 10
    heavy, light = build_record(rows=texts), build_record(rows=[{"a": 1}] * 10)
    assert heavy.weigh() > 10_000_000
    assert 1_000 < light.weigh() < 10_000
    assert build_record(rows=[None] * 10, errors={0: [{}] * 10}).weigh() > light.weigh()
    # Given a log whose writer is busy with a heavy record
    log = PredictionLog(tmp_path, capacity_bytes=11_000_000)
    log.start()
    busy, leave = threading.Event(), threading.Event()

    class Slow(PredictionRecord):
        def encode(self, hides) -> bytes:
            busy.set()
            assert leave.wait(10)
            return super().encode(hides)

    assert log.record(Slow(**{name: getattr(heavy, name) for name in PredictionRecord.__dataclass_fields__}))
    assert busy.wait(10)
    # Then a light one may wait and a heavy one may not
    assert log.record(light)
    assert not log.record(heavy)
    leave.set()
    log.close()
    assert log.counts == LogCounts(written=2, dropped=1)


def test_without_a_folder_nothing_is_kept_but_all_is_observed():
    seen: list[PredictionRecord] = []
    log = PredictionLog(None, observe=seen.append)
    log.start()
    record = build_record()
    assert not log.enabled
    assert not log.record(record)
    assert not log.record_feedback([])
    assert seen == [record]
    assert log.counts == LogCounts()


def test_a_folder_that_cannot_be_used_stops_the_start(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="ML_API_PREDICTION_LOG must be a folder that can be written to"):
        PredictionLog(tmp_path / "file").start()


def test_lost_records_are_counted_and_told_once_in_a_while(tmp_path, caplog):
    log = PredictionLog(tmp_path / "folder")
    log.start()
    (tmp_path / "folder").rmdir()
    for _ in range(3):
        log.record(build_record())
        while log.counts.failed + log.counts.written == 0:
            pass
    log.close()
    assert not log.record(build_record())
    assert log.counts == LogCounts(failed=3, dropped=1)
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.message == "records of the prediction log are lost"
    assert "FileNotFoundError" in record.fields["last_error"]


EXIT = """
import sys
sys.path.insert(0, sys.argv[1])
if sys.argv[3] == "gevent":
    from gevent import monkey
    monkey.patch_all()
from pathlib import Path
from test_prediction_log import build_record
from ml_api.services.prediction_log import PredictionLog

log = PredictionLog(Path(sys.argv[2]), capacity_bytes=100_000_000)
log.start()
for number in range(20):
    assert log.record(build_record(prediction_id=str(number), rows=[{"a": 1.5, "b": "x" * 100}] * 2000))
sys.exit(0)
"""


@pytest.mark.parametrize("threads", ["native", "gevent"])
def test_a_process_that_ends_writes_first_what_waits(tmp_path, threads):
    command = [sys.executable, "-c", EXIT, str(Path(__file__).parent), str(tmp_path), threads]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr
    [file] = tmp_path.iterdir()
    lines = [json.loads(line) for line in file.read_bytes().splitlines()]
    assert [line["prediction_id"] for line in lines] == [str(number) for number in range(20)]


def test_a_forked_process_writes_by_itself(tmp_path):
    log = PredictionLog(tmp_path)
    log.start()
    assert log.record(build_record(prediction_id="parent"))
    child = os.fork()
    if child == 0:
        try:
            log.record(build_record(prediction_id="child"))
            log.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    log.close()
    written = {json.loads(file.read_bytes())["prediction_id"] for file in tmp_path.iterdir()}
    assert written == {"parent", "child"}
    assert len(list(tmp_path.iterdir())) == 2
