from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from regression_model.cli.exit_codes import ExitCode
from regression_model.cli.search_view import SearchView

BEGIN = {
    "folder": "runs/search/x", "trials": 3, "metric": "rmse", "minimize": True, "folds": 5, "rows": 1000,
    "left_s": 30.0, "done": [],
}  # fmt: skip


def trial(number: int, score: float | None, status: str = "completed", reason: str = "") -> dict[str, object]:
    candidate = {"number": number, "family": "ridge"}
    fit_time_s = None if score is None else 1.25
    return {
        "trial": {
            "candidate": candidate, "score": score, "status": status, "reason": reason, "fit_time_s": fit_time_s,
            "left_s": 20.0,
        }
    }  # fmt: skip


def show(*events: dict[str, object], terminal: bool = False) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=120, color_system=None)
    with SearchView(console) as view:
        for event in events:
            view(event)
        if terminal:
            console.print(view._render())
    return console.file.getvalue()


def test_each_trial_is_a_line_where_nobody_watches():
    said = show({"begin": BEGIN}, trial(1, 20.0), trial(0, 30.0), trial(2, None, "timed_out", "it took more than 1 s"))
    assert "3 trials by rmse over 5 folds, 1,000 rows to learn from" in said
    assert "trial 1  ridge  20  1.2 s a fit  (best 20, trial 1)" in said
    assert "trial 0  ridge  30  1.2 s a fit  (best 20, trial 1)" in said
    assert "trial 2  ridge  took too long  it took more than 1 s" in said


def test_a_terminal_shows_what_runs_the_best_so_far_and_the_time_left():
    running = {"progress": {"number": 2, "fold": 3, "folds": 5}}
    said = show({"begin": BEGIN}, {"stage": "Trials"}, trial(0, 30.0), trial(1, 20.0), running, terminal=True)
    assert re.search(r"trial 2\s+fold 3 of 5", said)
    assert "2 of 3 trials · best rmse 20 by ridge (trial 1) · 20 s left" in said


def test_of_scores_that_are_better_when_larger_the_largest_is_best():
    said = show({"begin": {**BEGIN, "minimize": False, "done": [trial(0, 0.7)["trial"]]}}, trial(1, 0.6))
    assert "1 are done already" in said
    assert "(best 0.7, trial 0)" in said


def test_what_the_table_has_is_said():
    guardrail = {"severity": "warning", "found": "[x] leaks", "done": "left out"}
    assert "[x] leaks: left out" in show({"guardrail": guardrail})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--data", "a.csv", "--sample"], "exclude each other"),
        (["--backend", "dask"], "backend 'dask' needs 'scheduler'"),
        (["--backend", "loky", "--scheduler", "tcp://x:1"], "'scheduler' is for the backend 'dask'"),
        (["--resume", "x", "--metric", "mae", "--sample"], "--metric, --sample can't be given with"),
        (["--resume", "x", "--family", "ridge", "--output", "y"], "--family, --output can't be given with"),
        (["--sample", "--time-limit", "-1"], "time_limit_s: Input should be greater than 0"),
        (["--sample", "--max-latency-ms", "0"], "max_latency_ms: Input should be greater than 0"),
    ],
)
def test_options_that_make_no_sense_are_refused(run, config, options, message):
    found = run("search", *([] if "--resume" in options else ["--config", config]), *options)
    assert found.exit_code == ExitCode.USAGE
    assert message in " ".join(found.stderr.replace("│", " ").split())


def test_a_folder_that_is_no_run_can_be_neither_resumed_nor_replayed(run, tmp_path):
    for command in (["search", "--resume", tmp_path], ["replay", tmp_path]):
        found = run(*command)
        assert found.exit_code == ExitCode.TRAINING
        assert "is no run of a search" in found.stderr


@pytest.mark.slow
def test_a_search_prints_its_folder_and_its_leaderboard_and_is_replayed(run, config, tmp_path):
    options = ["--family", "ridge", "--family", "lasso", "--trials", 3, "--experiment", "houses", "--jobs", 2]
    found = run("search", "--config", config, "--sample", *options, "--output", tmp_path / "runs")
    assert found.exit_code == 0, found.stderr
    folder = Path(found.stdout.strip())
    assert folder.parent == tmp_path / "runs" / "houses"
    assert "Leaderboard by RMSE" in found.stderr
    assert f"regression-model promote {folder} --config" in found.stderr
    rows = json.loads((folder / "leaderboard.json").read_text())["rows"]
    assert {row["number"] for row in rows if row["origin"] in ("baseline", "portfolio")} == {0, 1, 2}

    again = run("replay", folder)
    assert again.exit_code == 0, again.stderr
    assert again.stdout.startswith("the same")
