from __future__ import annotations

import logging
import resource
import stat
import time

import pytest

from ml_api.services import ended_sessions
from ml_api.services.ended_sessions import EndedSessions, locate_ended_sessions

BROKEN = ("{", "[]", '{"a": "b"}', "\udcff")


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


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_is_logged_and_ends_what_was_known(make, path, content, caplog):
    ended = make()
    ended.add("a", _soon())
    locate_ended_sessions(path).write_text(content, errors="surrogateescape")
    with caplog.at_level(logging.ERROR, logger="ml_api"):
        assert "a" in ended
    assert [record.message for record in caplog.records] == ["ends of sessions not read"]
    # The next one that ends mends the file, with all that is known here
    ended.add("b", _soon())
    assert [name in make() for name in "abc"] == [True, True, False]


@pytest.mark.parametrize("content", BROKEN)
def test_who_could_never_read_the_file_takes_each_session_for_ended(make, path, content, caplog):
    # Given a session that was ended, and a file that is damaged before another process starts
    make().add("a", _soon())
    file = locate_ended_sessions(path)
    good = file.read_text()
    file.write_text(content, errors="surrogateescape")
    with caplog.at_level(logging.ERROR, logger="ml_api"):
        late = make()
        assert [name in late for name in "ab"] == [True, True]
        assert "b" in late
    assert [record.message for record in caplog.records] == ["ends of sessions not read"]
    # When it ends one itself, then it does not write over what others know
    late.add("c", _soon())
    assert file.read_text(errors="surrogateescape") == content
    # And once it can read the file, it knows them, too
    file.write_text(good)
    assert [name in late for name in "abc"] == [True, False, True]


@pytest.mark.parametrize("name", ["k" * 250, "file/keys.json"])
def test_where_nobody_can_look_for_the_file_each_session_has_ended(tmp_path, name, caplog):
    # Two ways for the system to refuse even to look: a name that gets too long, and a folder that is none. No mode
    # would keep a superuser out.
    (tmp_path / "file").touch()
    with caplog.at_level(logging.ERROR, logger="ml_api"):
        ended = EndedSessions(tmp_path / name)
        assert "a" in ended
        ended.add("a", _soon())
    assert [record.message for record in caplog.records] == [
        "ends of sessions not read",
        "end of a session not written",
    ]


def test_who_failed_to_read_the_file_tries_again_though_it_is_the_same(make):
    # Given a process that has no descriptor left
    make().add("a", _soon())
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        late = make()
        refused = "b" in late
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert refused
    assert "b" not in late


def test_a_file_that_can_not_be_written_costs_a_line_in_the_log(tmp_path, caplog):
    ended = EndedSessions(tmp_path / "nowhere" / "keys.json")
    with caplog.at_level(logging.ERROR, logger="ml_api"):
        ended.add("a", _soon())
    assert "a" in ended
    assert [record.message for record in caplog.records] == ["end of a session not written"]
