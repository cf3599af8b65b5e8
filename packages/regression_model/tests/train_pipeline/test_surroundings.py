from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from regression_model.train_pipeline.surroundings import describe_commit, digest_lock

LOCK = f"regression-model-py{sys.version_info[0]}{sys.version_info[1]}.txt"


def write_lock(folder: Path, content: bytes = b"numpy==2.4.6\n") -> str:
    (folder / "locks").mkdir(parents=True)
    (folder / "locks" / LOCK).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    return tmp_path / "repository"


def test_the_lock_of_this_python_is_found_from_any_folder_of_the_repository(repository):
    wanted = write_lock(repository)
    (repository / "locks" / "regression-model-py27.txt").write_bytes(b"numpy==1.16\n")
    folder = repository / "packages" / "configs"
    folder.mkdir(parents=True)
    write_lock(repository / "packages", b"another package's\n")
    assert digest_lock(folder) == digest_lock(repository) == wanted


def test_a_worktree_whose_git_is_a_file_is_a_repository_too(tmp_path):
    wanted = write_lock(tmp_path)
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    assert digest_lock(tmp_path) == wanted


def test_what_lies_around_the_repository_has_no_say(tmp_path, repository):
    write_lock(tmp_path)
    (tmp_path / ".git").mkdir()
    assert digest_lock(repository) is None


def test_outside_of_a_repository_there_is_no_lock(tmp_path):
    write_lock(tmp_path)
    (tmp_path / "configs").mkdir()
    assert digest_lock(tmp_path / "configs") is None


def test_what_is_installed_has_neither_lock_nor_commit_of_the_project_around_it(tmp_path):
    write_lock(tmp_path)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=ann", "-c", "user.email=ann@example.org"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message", "begin"], check=True)
    installed = tmp_path / ".venv" / "lib" / "python3" / "site-packages" / "regression_model"
    installed.mkdir(parents=True)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")

    assert describe_commit(tmp_path) is not None
    assert digest_lock(tmp_path) is not None
    assert describe_commit(installed) is None
    assert digest_lock(installed) is None


def test_a_relative_folder_is_looked_for_from_the_working_folder(repository, monkeypatch):
    wanted = write_lock(repository, b"")
    (repository / "configs").mkdir()
    monkeypatch.chdir(repository / "configs")
    assert digest_lock(Path()) == wanted
