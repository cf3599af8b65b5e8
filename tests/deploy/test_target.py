"""The folder of a deployment: `current`, and the way back."""

from __future__ import annotations

import subprocess
import sys

import pytest
from deployment.errors import DeploymentError
from deployment.target import Target


@pytest.fixture
def folder(tmp_path):
    target = Target(tmp_path / "host")
    target.make_folders()
    for name in ("1", "2", "3"):
        target.release_folder(name).mkdir()
    return target


def test_before_the_first_release_there_is_none(folder):
    assert (folder.find_current(), folder.find_previous(), folder.read_history()) == (None, None, [])


def test_the_way_back_goes_through_all_releases_that_were_current(folder):
    for name in ("1", "2", "3"):
        folder.activate(name)
    assert folder.find_previous() == "2"
    folder.step_back("2")
    assert (folder.find_current(), folder.find_previous()) == ("2", "1")
    folder.step_back("1")
    assert (folder.find_current(), folder.find_previous()) == ("1", None)


def test_a_release_that_is_made_current_again_is_noted_once(folder):
    for name in ("1", "2", "2"):
        folder.activate(name)
    assert folder.read_history() == ["1", "2"]
    assert folder.find_previous() == "1"


def test_a_release_that_is_gone_is_no_way_back(folder):
    for name in ("1", "2", "3"):
        folder.activate(name)
    folder.release_folder("2").rmdir()
    assert folder.find_previous() == "1"


def test_a_deployment_that_was_killed_before_the_link_was_moved_changes_nothing(folder):
    folder.activate("1")
    (folder.folder / "history").write_text("1\n2\n")
    assert folder.find_current() == "1"
    assert folder.read_history() == ["1"]
    folder.activate("3")
    assert folder.read_history() == ["1", "3"]


def test_undoing_the_first_release_leaves_none(folder):
    folder.activate("1")
    folder.step_back(None)
    assert folder.find_current() is None
    assert folder.read_history() == []


def test_only_the_owner_can_look_into_it(folder):
    assert {path.stat().st_mode & 0o077 for path in (folder.folder, folder.log_file.parent)} == {0}


def test_a_second_deployment_at_the_same_time_is_refused_until_the_first_is_done_or_dead(folder):
    code = "import sys, fcntl; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(folder.folder / ".lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        other.stdout.readline()
        with pytest.raises(DeploymentError, match="something else is being deployed"), folder.hold_lock():
            pass
        other.kill()
    with folder.hold_lock():
        pass
