from __future__ import annotations

import json
import math

import pytest

from regression_model.errors import SearchError
from regression_model.sweep.policies import Verdict
from regression_model.sweep.records import Run
from regression_model.sweep.run_folder import SweepFolder


@pytest.fixture
def folder(tmp_path):
    made = SweepFolder.create(tmp_path, "mine")
    made.write_run({"status": "running"})
    return made


def test_lines_come_back_as_they_were_written(folder):
    verdict = Verdict(True, 2, math.inf, 1.5, "bandit")
    runs = [
        Run(0, 0, {"epochs": 3, "hidden_layers": (8, 4)}, "completed", (3.0, math.nan, 1.0), 1.0, 0.5),
        Run(1, 0, {"epochs": 3}, "cancelled", (math.nan, math.nan), None, 0.2, verdict),
        Run(2, 0, {"epochs": 3}, "crashed", reason="it was ended by SIGKILL"),
    ]
    for run in runs:
        folder.append(run.to_json())
    found = [Run.from_json(line) for line in SweepFolder(folder.path).read_journal()]
    assert [(run.number, run.status, run.score, run.reason) for run in found] == [
        (run.number, run.status, run.score, run.reason) for run in runs
    ]
    assert found[0].values == pytest.approx((3.0, math.nan, 1.0), nan_ok=True)
    assert (found[1].verdict.interval, found[1].verdict.bar) == (2, 1.5)
    assert math.isnan(found[1].verdict.best), "JSON has no word for infinity"


def test_a_line_that_breaks_off_is_left_out(folder, caplog):
    folder.append({"number": 0})
    with (folder.path / "journal.jsonl").open("ab") as file:
        file.write(b'{"number": 1, "dig')
    assert folder.read_journal() == [{"number": 0}]
    folder.append({"number": 2})
    assert "breaks off" in caplog.text
    assert folder.read_journal() == [{"number": 0}, {"number": 2}]


@pytest.mark.parametrize("change", [lambda text: text.replace("0.25", "0.26"), lambda text: text.split("\n", 1)[1]])
def test_a_journal_that_was_changed_is_refused(folder, change):
    folder.append({"number": 0, "score": 0.25})
    folder.append({"number": 1, "score": 0.5})
    path = folder.path / "journal.jsonl"
    path.write_text(change(path.read_text(encoding="ascii")), encoding="ascii")
    with pytest.raises(SearchError, match="line 1 is not what the sweep wrote there"):
        folder.read_journal()


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "has no run.json"), ("{", "can't be read"), ("[]", "no run of a sweep"), ('{"format": 1}', "no run of a")],
)
def test_other_folders_are_refused(tmp_path, content, message):
    if content is not None:
        (tmp_path / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(SearchError, match=message):
        SweepFolder(tmp_path).read_run()


def test_what_was_said_of_the_run_can_be_updated(folder):
    folder.update_run(status="completed", best=3)
    assert folder.read_run()["best"] == 3
    assert json.loads((folder.path / "run.json").read_text(encoding="utf-8"))["status"] == "completed"
