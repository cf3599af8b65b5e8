"""Lines under gevent are gathered for a moment, and none is lost in an orderly end."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from ml_api.app import log_buffer, log_files
from ml_api.app.log_buffer import LineBuffer
from ml_api.app.log_files import DailyFile

HEAD = """
from gevent import monkey
monkey.patch_all()
import logging, os, sys
from pathlib import Path
from ml_api.app import log_buffer
from ml_api.app.logs import configure_logging
"""


def _run(program: str, folder) -> list[dict]:
    result = subprocess.run(
        [sys.executable, "-c", HEAD + program, str(folder / "api.log")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return [json.loads(line) for file in folder.glob("api-*.log") for line in file.read_text().splitlines()]


def test_an_orderly_end_loses_no_line(tmp_path):
    lines = _run(
        """
log_buffer.INTERVAL_S = 3600
configure_logging("INFO", file=Path(sys.argv[1]))
for number in range(100):
    logging.getLogger("ml_api").info("m", extra={"fields": {"number": number}})
assert not [file for file in Path(sys.argv[1]).parent.glob("api-*") if file.stat().st_size]
sys.exit(0)
""",
        tmp_path,
    )
    assert [line["number"] for line in lines] == list(range(100))


def test_a_killed_process_has_written_its_errors_and_what_came_before_them(tmp_path):
    lines = _run(
        """
log_buffer.INTERVAL_S = 3600
configure_logging("INFO", file=Path(sys.argv[1]))
logging.getLogger("ml_api").info("before")
logging.getLogger("ml_api").error("bad")
logging.getLogger("ml_api").info("after")
os._exit(0)
""",
        tmp_path,
    )
    assert [line["message"] for line in lines] == ["before", "bad"]


def test_lines_do_not_wait_for_others(tmp_path):
    lines = _run(
        """
import time
configure_logging("INFO", file=Path(sys.argv[1]))
logging.getLogger("ml_api").info("alone")
deadline = time.monotonic() + 20
while not [file for file in Path(sys.argv[1]).parent.glob("api-*") if file.stat().st_size]:
    assert time.monotonic() < deadline
    time.sleep(0.01)
os._exit(0)
""",
        tmp_path,
    )
    assert [line["message"] for line in lines] == ["alone"]


def test_without_gevent_each_line_is_written_at_once():
    written = []
    buffer = LineBuffer(lambda lines, day: written.append((lines, day)))
    buffer.add(b"1\n", 86_399.9)
    buffer.add(b"2\n", 86_400.0)
    assert written == [(b"1\n", 0), (b"2\n", 1)]


def test_what_a_disk_takes_in_parts_is_written_whole(tmp_path, monkeypatch):
    write = os.write
    monkeypatch.setattr(log_files.os, "write", lambda file, data: write(file, bytes(data[:3])))
    file = DailyFile(tmp_path / "api.log")
    file.write(b"0123456789\n", 0)
    file.close()
    assert (tmp_path / "api-1970-01-01.log").read_bytes() == b"0123456789\n"


@pytest.mark.parametrize("n_bytes", [log_buffer.MAX_BYTES])
def test_what_grows_long_is_written_before_its_time(monkeypatch, n_bytes):
    monkeypatch.setattr(log_buffer, "is_cooperative", lambda: True)
    monkeypatch.setattr(log_buffer, "INTERVAL_S", 3600)
    written = []
    buffer = LineBuffer(lambda lines, day: written.append(lines))
    buffer.add(b"1\n", 0)
    assert not written
    buffer.add(b"x" * n_bytes, 0)
    assert b"".join(written) == b"1\n" + b"x" * n_bytes
    buffer.close()
