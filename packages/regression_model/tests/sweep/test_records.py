from __future__ import annotations

import math

import pytest

from regression_model.records.journal import Journal, read_journal
from regression_model.sweep.policies import Verdict
from regression_model.sweep.records import Run, list_runs


def test_runs_come_back_from_a_journal_as_they_were_written(tmp_path):
    verdict = Verdict(True, 2, math.inf, 1.5, "bandit")
    runs = [
        Run(0, 0, {"epochs": 3, "hidden_layers": (8, 4)}, "completed", (3.0, math.nan, 1.0), 1.0, 0.5),
        Run(1, 0, {"epochs": 3}, "cancelled", (math.nan, math.nan), None, 0.2, verdict),
        Run(2, 0, {"epochs": 3}, "crashed", reason="it was ended by SIGKILL"),
    ]
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append("begin", identity={})
    for run in reversed(runs):
        journal.append("run", run=run.to_json(), elapsed_s=1.0)
    journal.close()
    found = list_runs(read_journal(tmp_path / "journal.jsonl"))
    assert [(run.number, run.status, run.score, run.reason) for run in found] == [
        (run.number, run.status, run.score, run.reason) for run in runs
    ]
    assert found[0].values == pytest.approx((3.0, math.nan, 1.0), nan_ok=True)
    assert (found[1].verdict.interval, found[1].verdict.bar) == (2, 1.5)
    assert math.isnan(found[1].verdict.best), "JSON has no word for infinity"
