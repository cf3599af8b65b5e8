from __future__ import annotations

import logging
import stat
import time
from datetime import UTC, datetime

import pytest

from ml_api.services.last_use import LastUse, locate_last_use, read_last_use


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


def test_no_notes_is_no_use(path):
    assert read_last_use(path) == {}


def test_a_use_is_written_by_a_thread_and_not_by_the_one_that_notes_it(path):
    last_use = LastUse(path, interval_s=0.05)
    last_use.note("0123456789ab", "primary")
    assert read_last_use(path) == {}
    deadline = time.monotonic() + 10
    while not read_last_use(path):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert list(read_last_use(path)) == ["0123456789ab/primary"]
    assert stat.S_IMODE(locate_last_use(path).stat().st_mode) == 0o600


def test_after_a_write_the_next_waits_for_the_interval(path):
    last_use = LastUse(path, interval_s=3600)
    last_use.note("0123456789ab", "primary")
    last_use.flush()
    last_use.note("0123456789ab", "secondary")
    timer = last_use._timer
    assert timer is not None
    assert 3590 < timer.interval <= 3600
    last_use.flush()
    assert sorted(read_last_use(path)) == ["0123456789ab/primary", "0123456789ab/secondary"]
    timer.join(10)


def test_notes_of_several_processes_are_merged_and_the_later_one_counts(path):
    one, other = LastUse(path, interval_s=3600), LastUse(path, interval_s=3600)
    one.note("0123456789ab", "primary")
    other.note("ba9876543210", "primary")
    other._pending["0123456789ab", "primary"] = datetime(2001, 1, 1, tzinfo=UTC).timestamp()
    one.flush()
    other.flush()
    noted = read_last_use(path)
    assert set(noted) == {"0123456789ab/primary", "ba9876543210/primary"}
    assert noted["0123456789ab/primary"].year > 2001


def test_notes_that_are_broken_count_as_none_and_are_replaced(path):
    locate_last_use(path).write_text("{")
    locate_last_use(path).chmod(0o600)
    assert read_last_use(path) == {}
    last_use = LastUse(path)
    last_use.note("0123456789ab", "primary")
    last_use.flush()
    assert list(read_last_use(path)) == ["0123456789ab/primary"]


def test_notes_that_can_not_be_written_cost_a_line_in_the_log(tmp_path, caplog):
    last_use = LastUse(tmp_path / "nowhere" / "keys.json")
    last_use.note("0123456789ab", "primary")
    with caplog.at_level(logging.WARNING, logger="ml_api"):
        last_use.flush()
    assert [record.message for record in caplog.records] == ["last use of keys not written"]


def test_a_timer_leaves_the_disk_to_a_thread_since_under_gevent_it_runs_among_the_requests(path, monkeypatch):
    offloaded = []
    monkeypatch.setattr(
        "ml_api.services.last_use.run_in_threadpool",
        lambda function, *arguments: offloaded.append((function, arguments)),
    )
    last_use = LastUse(path, interval_s=0.01)
    last_use.note("0123456789ab", "primary")
    last_use._timer.join(10)
    [(write, arguments)] = offloaded
    assert read_last_use(path) == {}
    write(*arguments)
    assert list(read_last_use(path)) == ["0123456789ab/primary"]
