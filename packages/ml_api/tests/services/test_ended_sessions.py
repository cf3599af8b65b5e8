from __future__ import annotations

import logging
import stat
import time

import pytest

from ml_api.services import ended_sessions
from ml_api.services.ended_sessions import EndedSessions, locate_ended_sessions


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def make(path):
    def make() -> EndedSessions:
        """Make one that looks at the file each time."""
        ended = EndedSessions(path)
        ended._watch.interval_s = 0
        return ended

    return make


def _soon():
    return time.time() + 3_600


def test_what_one_process_ends_all_others_know(make, path):
    one, other = make(), make()
    assert "a" not in other
    one.add("a", _soon())
    other.add("b", _soon())
    for ended in (one, other, make()):
        assert [name in ended for name in "abc"] == [True, True, False]
    assert stat.S_IMODE(locate_ended_sessions(path).stat().st_mode) == 0o600


def test_the_file_is_looked_at_once_per_interval(path):
    ended = EndedSessions(path)
    EndedSessions(path).add("a", _soon())
    assert "a" not in ended


def test_the_interval_leaves_room_to_reach_all_workers_within_two_seconds():
    assert ended_sessions.CHECK_INTERVAL_S <= 1


def test_what_is_over_anyway_is_forgotten(make, path):
    ended = make()
    ended.add("old", time.time() - 1)
    ended.add("a", _soon())
    assert "old" not in ended
    assert "old" not in locate_ended_sessions(path).read_text()


def test_of_too_many_those_with_least_time_left_are_forgotten(make, path, monkeypatch):
    monkeypatch.setattr(ended_sessions, "MOST_SESSIONS", 3)
    ended, soon = make(), _soon()
    for number in range(5):
        ended.add(str(number), soon + number)
    assert [name in ended for name in "01234"] == [False, False, True, True, True]
    assert [name in make() for name in "01234"] == [False, False, True, True, True]


@pytest.mark.parametrize("content", ["{", "[]", '{"a": "b"}', "\udcff"])
def test_a_broken_file_is_logged_and_ends_what_was_known(make, path, content, caplog):
    ended = make()
    ended.add("a", _soon())
    locate_ended_sessions(path).write_text(content, errors="surrogateescape")
    with caplog.at_level(logging.ERROR, logger="ml_api"):
        assert "a" in ended
    assert [record.message for record in caplog.records] == ["ends of sessions not read"]
    ended.add("b", _soon())
    assert "b" in make()


def test_a_file_that_can_not_be_written_costs_a_line_in_the_log(tmp_path, caplog):
    ended = EndedSessions(tmp_path / "nowhere" / "keys.json")
    with caplog.at_level(logging.ERROR, logger="ml_api"):
        ended.add("a", _soon())
    assert "a" in ended
    assert [record.message for record in caplog.records] == ["end of a session not written"]
