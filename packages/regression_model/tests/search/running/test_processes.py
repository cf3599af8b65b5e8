"""Searches whose trials run in processes, as they do for users; each of them starts several."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from regression_model.errors import SearchError
from regression_model.records.leaderboard_file import read_leaderboard
from regression_model.records.run_folder import RunFolder
from regression_model.search.final_training import start_trainer
from regression_model.search.parts import build_backend
from regression_model.search.replaying import compare_journals
from regression_model.search.running import run_search

pytestmark = pytest.mark.slow

PATIENCE_S = 120.0


def ignore(_event: object) -> None:
    pass


@pytest.fixture(scope="module")
def in_processes(parts):
    return replace(parts, build_backend=build_backend, build_trainer=start_trainer)


def test_two_processes_find_the_same_as_one_after_the_other(done, make_job, in_processes, tmp_path):
    one, _ = done
    two = run_search(make_job(tmp_path, jobs=2), ignore, in_processes)
    first, second = (
        {row.number: (row.score or 0.0, row.holdout or 0.0) for row in read_leaderboard(result.folder).rows}
        for result in (one, two)
    )
    # Here, unlike there, nothing pins what instructions sums are made with.
    assert first == {number: pytest.approx(found, rel=1e-9) for number, found in second.items()}


def test_a_trial_that_takes_too_long_is_a_row_and_a_search_of_such_is_refused(make_job, in_processes, tmp_path):
    with pytest.raises(SearchError, match=r"no trial was completed.*trial 0: it took more than 0.001 s; trial 1: it"):
        run_search(make_job(tmp_path, trials=2, trial_time_limit_s=0.001), ignore, in_processes)


SEARCH = ["search", "--sample", "--trials", "3", "--family", "ridge", "--ensemble", "vote"]


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "regression_model", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> RunFolder:
    answer, complaint = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, complaint
    return RunFolder(Path(answer.strip()))


def wait_for_trial(runs: Path) -> Path:
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        for journal in runs.glob("search/*/journal.jsonl"):
            if b'"kind":"trial"' in journal.read_bytes():
                return journal.parent
        threading.Event().wait(0.02)
    pytest.fail("no trial has ended")


def without_times(folder: RunFolder) -> str:
    """Return the leaderboard without measured times."""
    rows = json.loads((folder.path / "leaderboard.json").read_text())["rows"]
    return json.dumps([{key: row[key] for key in row if key not in ("fit_time_s", "latency_ms")} for row in rows])


def test_a_search_that_is_killed_is_resumed_to_the_same_end_and_replays(make_job, tmp_path):
    config = make_job(tmp_path).config.file
    one = finish(start(*SEARCH, "--config", config, "--output", tmp_path / "one"))

    killed = start(*SEARCH, "--config", config, "--output", tmp_path / "two", "--jobs", 2)
    folder = wait_for_trial(tmp_path / "two")
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=PATIENCE_S)
    before = len(RunFolder(folder).read_journal())
    two = finish(start("search", "--resume", folder, "--jobs", 2))

    assert two.path == folder
    assert len(two.read_journal()) > before
    assert without_times(one) == without_times(two)
    found = list(compare_journals(one.read_journal(), two.read_journal()))
    assert {difference.what for difference in found} <= {"fit_time_s", "latency_ms", "choices"}
    replayed = start("replay", two.path)
    answer, complaint = replayed.communicate(timeout=PATIENCE_S)
    assert replayed.returncode == 0, complaint
    assert re.match("the same: every trial", answer)
