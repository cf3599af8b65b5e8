from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from ml_api.errors import InsightsError
from ml_api.services.insights.accuracy import measure_accuracy
from ml_api.services.insights.drift import report_drift
from ml_api.services.insights.log_database import open_log

ROW = {"area": 5, "town": "Ames", "garden": True, "built": "2020-01-01"}


def count(log) -> int:
    [[n]] = log.connection.execute("SELECT count(*) FROM answers").fetchall()
    return n


@pytest.mark.parametrize(
    "line",
    [
        b'{"time": "2026-03-01T00:00:00.000+00:00", "prediction_id": "cut", "rows": [{"ar',
        b'"time": "2026"}\n',
        b"[1, 2]\n",
        b"null\n",
        b'{"event": "of another program"}\n',
        b'{"time": "yesterday", "prediction_id": "a", "predictions": [1]}\n',
        b'{"time": "2026-03-01T00:00:00.000+00:00", "prediction_id": "a", "predictions": 5}\n',
        b"\xff\xfe\x00\x01\n",
        b'{"time": "2026-03-01T00:00:00.000+00:00", "prediction_id": "\xff", "predictions": [1]}\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_a_line_that_is_no_record_costs_no_other(log, made, line):
    log.predict([ROW] * 150, [1.0] * 150)
    log.append(line)
    if line.endswith(b"\n"):
        log.predict([ROW] * 150, [1.0] * 150)
    with open_log(log.folder) as opened:
        assert opened.n_unreadable == 1
        assert count(opened) == log.n_requests
        assert report_drift(opened, made).features[0].n_rows == 150 * log.n_requests


def test_empty_lines_are_no_lines(log):
    log.predict([ROW], [1.0])
    log.append(b"\n\n")
    with open_log(log.folder) as opened:
        assert (count(opened), opened.n_unreadable) == (1, 0)


def test_foreign_files_are_left_alone(log):
    log.predict([ROW], [1.0])
    line = log.predictions.read_bytes()
    for name in ("notes.txt", "predictions.ndjson", "predictions-20260301.ndjson.tmp", "other-1.ndjson"):
        (log.folder / name).write_bytes(line)
    (log.folder / "predictions-folder.ndjson").mkdir()
    (log.folder / "predictions-empty.ndjson").touch()
    before = sorted(log.folder.iterdir())
    with open_log(log.folder) as opened:
        assert (count(opened), opened.n_unreadable) == (1, 0)
    assert sorted(log.folder.iterdir()) == before


def test_broken_feedback_costs_no_other(log, made):
    one = log.predict([ROW], [10.0])
    log.tell(one, 12.0)
    [feedback] = log.folder.glob("feedback-*")
    feedback.write_bytes(b'{"time": 5}\n[]\n' + feedback.read_bytes() + b'{"time": "2026-03-05T00:00:00+00:00", "pred')
    with open_log(log.folder) as opened:
        assert measure_accuracy(opened, made).versions[0].n_rows == 1


def test_lines_that_are_too_long_are_left_out_and_counted(log, made):
    log.predict([ROW], [1.0])
    log.predict([ROW], [1.0], request_id="x" * 40_000_000)
    log.predict([ROW], [1.0])
    with open_log(log.folder) as opened:
        assert (count(opened), opened.n_unreadable) == (2, 1)


def test_only_what_is_newer_is_read(log):
    log.predict([ROW], [1.0])
    log.predict([ROW], [1.0], after=timedelta(days=2))
    with open_log(log.folder, since=datetime(2026, 3, 2, tzinfo=UTC)) as opened:
        assert (count(opened), opened.n_unreadable) == (1, 0)


def test_files_that_were_not_touched_since_are_not_opened(log):
    log.predict([ROW], [1.0])
    os.utime(log.predictions, (0, 0))
    with open_log(log.folder, since=datetime(2026, 1, 1, tzinfo=UTC)) as opened:
        assert opened.prediction_files == []


def test_times_with_another_offset_are_the_same_times(log):
    log.predict([ROW], [1.0])
    log.predictions.write_bytes(log.predictions.read_bytes().replace(b"T00:00:00.000+00:00", b"T02:30:00.000+02:00"))
    with open_log(log.folder) as opened:
        assert opened.connection.execute("SELECT time FROM answers").fetchall() == [(datetime(2026, 3, 1, 0, 30),)]


def test_a_missing_folder_is_said(tmp_path):
    with (
        pytest.raises(InsightsError, match="There is no prediction log in .*gone: the folder does not exist"),
        open_log(tmp_path / "gone"),
    ):
        pass


def test_an_unreadable_log_is_said(log, monkeypatch):
    log.predict([ROW], [1.0])
    monkeypatch.setattr("ml_api.services.insights.log_database._CREATE", "SELECT nonsense FROM nowhere, $files")
    with pytest.raises(InsightsError, match="can't be read"), open_log(log.folder):
        pass


def test_without_the_extra_its_name_is_said(log):
    program = (
        "import sys; sys.modules['duckdb'] = None\n"
        "from pathlib import Path; from ml_api.services.insights.log_database import open_log\n"
        "with open_log(Path('.')): pass"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert "InsightsError: Insights need an optional dependency: pip install 'ml-api[insights]'" in finished.stderr


def test_nothing_is_left_behind(log, monkeypatch, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    log.predict([ROW], [1.0])
    with open_log(log.folder):
        assert list(scratch.iterdir())
    assert not list(scratch.iterdir())


def test_many_wide_rows_are_quick_and_take_little_memory(log, build_made, made):
    """80 features, 5 requests of 5,000 rows: 50 MB of log."""
    names = [f"feature {number}" for number in range(80)]
    features = [{**made.manifest.content["schema"]["features"][0], "name": name} for name in names]
    baseline = {**made.manifest.content["baseline"], "features": {}}
    baseline["features"] = dict.fromkeys(names, made.manifest.content["baseline"]["features"]["area"])
    log.artifact = wide = build_made(
        schema={"features": features, "missing_values": [], "ignored": []}, baseline=baseline
    )
    rows = [{name: float(number % 31) for name in names} for number in range(5_000)]
    log.predict(rows, [1.0] * 5_000)
    line = log.predictions.read_bytes()
    for _ in range(4):
        log.append(line)
    assert log.predictions.stat().st_size > 35e6
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started_s = time.process_time()
    with open_log(log.folder) as opened:
        found = report_drift(opened, wide)
    # Measured: 2 s and 0.45 GB, which does not grow with the log; the bounds leave room for a slow machine.
    assert time.process_time() - started_s < 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 800_000
    assert {drift.n_rows for drift in found.features} == {25_000}
    assert len(found.features) == 80
