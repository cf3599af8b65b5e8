from __future__ import annotations

import os
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector

from ml_api.services.metrics_folder import (
    VARIABLE,
    find_memory_folder,
    find_metrics_folder,
    fold_in_dead_worker,
    lock_metrics,
    make_metrics_folder,
    remove_metrics_folder,
    restore_metrics_folder,
)


@pytest.fixture(autouse=True)
def _no_folder_yet(monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.delenv(VARIABLE)


def count(folder, pid: int, values: dict[str, float], kind: str = "counter") -> None:
    file = MmapedDict(str(folder / f"{kind}_{pid}.db"))
    for label, value in values.items():
        file.write_value(mmap_key("hits", "hits_total", ("label",), (label,), "help"), value, 0.0)
    file.close()


def render(folder) -> str:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))
    return generate_latest(registry).decode()


def test_a_folder_is_made_announced_and_removed(tmp_path):
    assert find_metrics_folder() is None
    folder = make_metrics_folder(tmp_path)
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o700
    assert find_metrics_folder() == folder
    assert os.environ[VARIABLE] == str(folder)
    remove_metrics_folder()
    assert list(tmp_path.iterdir()) == []


def test_in_a_folder_that_somebody_named_nothing_else_is_touched(tmp_path, monkeypatch):
    named = tmp_path / "somewhere" / "named"
    monkeypatch.setenv(VARIABLE, str(named))
    named.mkdir(parents=True)
    for name in ("accounts.db", "counter_1.db"):
        (named / name).write_text("of somebody else")
    folder = make_metrics_folder(tmp_path)
    assert folder.parent == named
    assert list(folder.iterdir()) == []
    remove_metrics_folder()
    assert {path.name: path.read_text() for path in named.iterdir()} == {
        "accounts.db": "of somebody else",
        "counter_1.db": "of somebody else",
    }


def test_a_named_folder_that_is_not_there_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "named"))
    assert make_metrics_folder().parent == tmp_path / "named"


def test_a_folder_that_was_taken_away_is_made_again(tmp_path):
    restore_metrics_folder()  # where there is no server, there is none
    folder = make_metrics_folder(tmp_path)
    folder.rmdir()
    restore_metrics_folder()
    assert folder.stat().st_mode & 0o777 == 0o700
    with lock_metrics(folder):
        assert render(folder) == ""


def test_memory_is_used_where_files_can_be_made(tmp_path):
    assert find_memory_folder(tmp_path) == tmp_path
    assert list(tmp_path.iterdir()) == []
    assert find_memory_folder(tmp_path / "missing") is None
    assert find_memory_folder(Path("/proc")) is None  # a folder in which nobody makes files


def test_who_waits_too_long_for_the_metrics_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("ml_api.services.metrics_folder._PATIENCE_S", 0.02)
    folder = make_metrics_folder(tmp_path)
    too_long = pytest.raises(TimeoutError, match="locked by another process")
    with lock_metrics(folder), lock_metrics(folder), too_long, lock_metrics(folder, exclusive=True):
        pytest.fail("somebody moves them while two others read")
    with lock_metrics(folder, exclusive=True), too_long, lock_metrics(folder):
        pytest.fail("somebody reads them while another moves them")


def test_what_dead_workers_have_counted_is_kept_in_one_file(tmp_path):
    folder = make_metrics_folder(tmp_path)
    for pid in (101, 102, 103):
        count(folder, pid, {"a": pid, f"only-{pid}": 1.0})
        count(folder, pid, {"in flight": 1.0}, kind="gauge_livesum")
    before = render(folder)
    assert 'hits_total{label="a"} 306.0' in before
    for pid in (101, 103):
        fold_in_dead_worker(folder, pid)
        fold_in_dead_worker(folder, pid)  # a second time, nothing is there to be counted twice
    after = render(folder)
    assert sorted(line for line in after.splitlines() if "only" in line or '"a"' in line) == sorted(
        line for line in before.splitlines() if "only" in line or '"a"' in line
    )
    names = {path.name for path in folder.glob("*.db")}
    assert names == {"counter_dead.db", "counter_102.db", "gauge_livesum_102.db"}


def test_a_total_that_was_never_finished_does_not_count(tmp_path):
    folder = make_metrics_folder(tmp_path)
    (folder / "counter_dead.draft").write_bytes(b"half")
    count(folder, 101, {"a": 5.0})
    fold_in_dead_worker(folder, 101)
    assert 'hits_total{label="a"} 5.0' in render(folder)
