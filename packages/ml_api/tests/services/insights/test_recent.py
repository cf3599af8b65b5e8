from __future__ import annotations

import fcntl
import json
import stat
import threading
from datetime import timedelta

import pytest

from ml_api.errors import InsightsError
from ml_api.services.insights import Question, find_recent_insights


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Put a quick program into the place of the real one; return the file in which it notes its beginnings and ends."""
    notes, program = tmp_path / "notes", tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho begin >> {notes}\nsleep 0.1\necho '[\"'$*'\"]'\necho end >> {notes}\n")
    program.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(program))
    return notes


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "log"
    folder.mkdir()
    return folder


@pytest.fixture
def question(folder):
    return Question(folder=folder, digest="a" * 64, n_days=7)


def _count(notes) -> int:
    return notes.read_text().count("begin")


def test_who_asks_again_within_a_minute_gets_the_same(programs, question):
    first = find_recent_insights(question)
    again = find_recent_insights(question)
    assert again == first
    assert f"--log {question.folder}" in again.document[0]
    assert "--days 7" in again.document[0]
    assert _count(programs) == 1


def test_what_is_old_or_of_another_model_or_period_is_collected_anew(programs, question, folder):
    first = find_recent_insights(question)
    assert find_recent_insights(question, lifetime_s=0).collected > first.collected
    find_recent_insights(Question(folder=folder, digest="b" * 64, n_days=7))
    find_recent_insights(Question(folder=folder, digest="a" * 64))
    assert _count(programs) == 4


def test_a_clock_that_was_set_back_does_not_keep_them_for_ever(programs, question):
    first = find_recent_insights(question)
    kept = json.loads(question.file.read_text())
    question.file.write_text(json.dumps({**kept, "collected": (first.collected + timedelta(days=1)).isoformat()}))
    assert find_recent_insights(question).collected < first.collected + timedelta(hours=1)
    assert _count(programs) == 2


def test_what_is_kept_is_for_its_owner(programs, question, folder):
    find_recent_insights(question)
    assert {path.name for path in folder.iterdir()} == {".insights.lock", ".insights-7.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_one_process_collects_at_a_time(programs, folder):
    questions = [Question(folder=folder, digest="a" * 64, n_days=days) for days in (1, 7, 30, 7)]
    askers = [threading.Thread(target=find_recent_insights, args=(question,)) for question in questions]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(30)
    assert programs.read_text().split() == ["begin", "end"] * 3


def test_who_waits_too_long_is_told(programs, question, folder):
    with (folder / ".insights.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(InsightsError, match="being collected for others"):
            find_recent_insights(question, timeout_s=0.2)
    assert not programs.exists()
    assert find_recent_insights(question).document


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"digest": 1}', '{"collected": "then"}', "\ud800"])
def test_a_broken_file_is_replaced(programs, question, content):
    question.file.write_text(content, errors="surrogatepass")
    found = find_recent_insights(question)
    assert find_recent_insights(question) == found


def test_they_are_shown_even_if_they_can_not_be_kept(programs, question, folder, caplog):
    question.file.mkdir()
    assert find_recent_insights(question).document
    assert "insights can't be kept" in caplog.text
    assert {path.name for path in folder.iterdir()} == {".insights.lock", ".insights-7.json"}


def test_without_the_folder_there_are_none(programs, tmp_path):
    with pytest.raises(InsightsError, match="can't be used"):
        find_recent_insights(Question(folder=tmp_path / "gone", digest="a"))
