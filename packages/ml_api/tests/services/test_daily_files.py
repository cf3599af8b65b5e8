from __future__ import annotations

import errno
import os
from datetime import date, timedelta

import pytest

from ml_api.services import daily_files
from ml_api.services.daily_files import DailyFiles


@pytest.fixture
def today(monkeypatch):
    """The day of today, which a test may change."""
    day = [date(2026, 2, 28)]
    monkeypatch.setattr(daily_files, "_today", lambda: day[0])
    return day


def test_lines_of_a_day_lie_in_one_private_file(tmp_path, today):
    files = DailyFiles(tmp_path, "kind", retention_days=1)
    files.append(b"1\n")
    files.append(b"2\n")
    files.close()
    [file] = tmp_path.iterdir()
    assert file.read_bytes() == b"1\n2\n"
    assert file.name.startswith("kind-20260228-")
    assert file.name.endswith("-0001.ndjson")
    assert file.stat().st_mode & 0o777 == 0o600


def test_each_day_and_each_so_many_bytes_have_a_new_file(tmp_path, today):
    files = DailyFiles(tmp_path, "kind", retention_days=9, max_bytes=4)
    for line in (b"1\n", b"2\n", b"3\n"):
        files.append(line)
    today[0] += timedelta(days=1)
    files.append(b"4\n")
    files.close()
    written = {file.name[5:13] + file.name[-12:-7]: file.read_bytes() for file in tmp_path.iterdir()}
    assert written == {"20260228-0001": b"1\n2\n", "20260228-0002": b"3\n", "20260301-0003": b"4\n"}


def test_two_processes_share_no_file(tmp_path):
    for _ in range(2):
        files = DailyFiles(tmp_path, "kind", retention_days=1)
        files.append(b"1\n")
        files.close()
    assert len(list(tmp_path.iterdir())) == 2


def test_files_past_their_time_are_removed_and_nothing_else(tmp_path, today):
    process = "0123456789abcdef"
    kept = [f"kind-20260226-{process}-0001.ndjson", f"other-20260101-{process}-0001.ndjson", "kind-20260101-x.ndjson"]
    old = [f"kind-20260225-{process}-0001.ndjson", f"kind-20251231-{process}-0012.ndjson"]
    for name in (*kept, *old):
        (tmp_path / name).touch()
    files = DailyFiles(tmp_path, "kind", retention_days=2)
    files.append(b"1\n")
    files.close()
    assert {path.name for path in tmp_path.iterdir() if "20260228" not in path.name} == set(kept)


def test_after_a_line_that_was_cut_off_a_new_file_begins(tmp_path, monkeypatch):
    files = DailyFiles(tmp_path, "kind", retention_days=1)
    files.append(b"1\n")
    real_write, n_calls = os.write, []

    def write(file: int, data: memoryview) -> int:
        n_calls.append(1)
        if len(n_calls) == 1:
            return real_write(file, data[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    # Given a disk that is full in the middle of a line
    monkeypatch.setattr(os, "write", write)
    with pytest.raises(OSError, match="No space left"):
        files.append(b"second\n")
    monkeypatch.undo()
    # When there is room again, the next line is a whole one
    files.append(b"3\n")
    files.close()
    assert [file.read_bytes() for file in sorted(tmp_path.iterdir())] == [b"1\nsec", b"3\n"]
