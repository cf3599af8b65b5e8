from __future__ import annotations

import pytest

from ml_api.services.file_watch import FileWatch


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file"


def test_each_change_is_told_once(path):
    watch = FileWatch(path, 0)
    assert not watch.has_changed()
    path.write_text("a")
    assert [watch.has_changed(), watch.has_changed()] == [True, False]
    path.chmod(0o400)
    assert [watch.has_changed(), watch.has_changed()] == [True, False]
    path.unlink()
    assert [watch.has_changed(), watch.has_changed()] == [True, False]


def test_a_change_is_told_again_to_who_asks_for_it(path):
    watch = FileWatch(path, 0)
    watch.look_again()
    assert [watch.has_changed(), watch.has_changed()] == [True, False]


def test_the_file_is_looked_at_once_per_interval(path):
    watch = FileWatch(path, 3_600)
    path.write_text("a")
    assert not watch.has_changed()
    watch.interval_s = 0
    assert watch.has_changed()
