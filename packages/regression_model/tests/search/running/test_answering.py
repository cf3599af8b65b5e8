"""Searches whose winner can't be trained."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import pytest

from regression_model.errors import DataError, SearchError
from regression_model.execution import Outcome, SerialBackend
from regression_model.records.leaderboard_file import read_leaderboard
from regression_model.records.run_folder import RunFolder
from regression_model.search.replaying import replay_run, restore_job
from regression_model.search.running import run_search


def ignore(_event: object) -> None:
    pass


class Ending(SerialBackend):
    """Ends its first tasks so, and does the others."""

    def __init__(self, *outcomes: Outcome) -> None:
        super().__init__()
        self.outcomes = list(outcomes)

    def submit(self, task, on_progress=None):
        if not self.outcomes:
            return super().submit(task, on_progress)
        future: Future[Outcome] = Future()
        future.set_result(self.outcomes.pop(0))
        return future


KILLED = Outcome("crashed", reason="its process was killed by SIGKILL")
FAILED = Outcome("failed", reason="ValueError: too few groups", error=ValueError("too few groups"))


@pytest.fixture
def short(make_job, tmp_path):
    return make_job(tmp_path / "runs", trials=3, ensemble="none")


def test_the_next_best_row_is_trained_instead_which_is_said_resumed_and_replayed(short, parts, tmp_path):
    result = run_search(short, ignore, replace(parts, build_trainer=lambda: Ending(KILLED)))
    rows = read_leaderboard(result.folder).rows
    assert [row.winner for row in rows[:2]] == [False, True]
    assert result.winner == rows[1].number
    (line,) = [line for line in RunFolder(result.folder).read_journal() if line["kind"] == "untrained"]
    assert (line["number"], line["status"]) == (rows[0].number, "crashed")
    assert "could not be trained" in (result.folder / "report.html").read_text().lower()
    assert run_search(replace(restore_job(RunFolder(result.folder)), resume=result.folder), ignore, parts) == result
    assert replay_run(result.folder, tmp_path / "again", ignore, parts=parts) == []


def test_if_nothing_can_be_trained_there_is_a_leaderboard_all_the_same(short, parts):
    with pytest.raises(SearchError, match=r"none of the best 3 rows could be trained .*row \d: ValueError: too few"):
        run_search(short, ignore, replace(parts, build_trainer=lambda: Ending(*[FAILED] * 3)))
    (folder,) = short.output.glob("search/*")
    assert RunFolder(folder).read_run()["status"] == "ended"
    rows = read_leaderboard(folder).rows
    assert len(rows) == 3
    assert not any(row.winner for row in rows)


def test_what_no_other_row_would_help_with_is_raised_at_once(short, parts):
    gone = Outcome("failed", reason="DataError: gone", error=DataError("the table is gone"))
    with pytest.raises(DataError, match="the table is gone"):
        run_search(short, ignore, replace(parts, build_trainer=lambda: Ending(gone)))
