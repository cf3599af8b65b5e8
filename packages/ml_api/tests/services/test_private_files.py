from __future__ import annotations

import os
import stat
import threading

import pytest

from ml_api.errors import KeysFileError
from ml_api.services.private_files import lock_private, read_private, write_private


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


def test_what_is_written_can_be_read_by_its_owner_alone_whatever_the_umask(path):
    before = os.umask(0)
    try:
        write_private(path, "text ✓")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_private(path) == "text ✓"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666, 0o777])
def test_a_file_that_others_may_use_is_refused(path, mode):
    write_private(path, "text")
    path.chmod(mode)
    with pytest.raises(KeysFileError, match=f"has mode {mode:04o}, so that others may use it. Run `chmod 600`"):
        read_private(path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_mode_that_lets_nobody_else_in_is_accepted(path, mode):
    write_private(path, "text")
    path.chmod(mode)
    assert read_private(path) == "text"


def test_a_missing_file_says_how_to_make_one(path):
    with pytest.raises(KeysFileError, match="There is no file .*keys.json. `ml-api keys create NAME` makes it."):
        read_private(path)


def test_a_folder_a_pipe_and_bytes_are_refused(path, tmp_path):
    with pytest.raises(KeysFileError, match="is no regular file|can't be read"):
        read_private(tmp_path)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    with pytest.raises(KeysFileError, match="is no regular file"):
        read_private(pipe)
    write_private(path, "")
    path.write_bytes(b"\xff")
    with pytest.raises(KeysFileError, match="can't be read"):
        read_private(path)


def test_a_file_of_another_user_is_refused(path):
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    write_private(path, "text")
    os.chown(path, 12345, 12345)
    with pytest.raises(KeysFileError, match="belongs to another user .id 12345."):
        read_private(path)


def test_a_failed_write_leaves_the_old_file_and_no_other(path, monkeypatch):
    write_private(path, "old")

    def fail(_descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(KeysFileError, match="can't be written: disk full"):
        write_private(path, "new")
    assert read_private(path) == "old"
    assert [file.name for file in path.parent.iterdir()] == ["keys.json"]


def test_a_link_goes_on_to_be_one(path, tmp_path):
    target = tmp_path / "elsewhere.json"
    write_private(target, "old")
    path.symlink_to(target)
    write_private(path, "new")
    assert path.is_symlink()
    assert read_private(target) == "new"


def test_one_holds_the_lock_at_a_time(path):
    order = []

    def second() -> None:
        with lock_private(path):
            order.append("second")

    with lock_private(path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.1)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
    assert stat.S_IMODE(path.with_name("keys.json.lock").stat().st_mode) == 0o600
