"""Sweeps from beginning to end: the same result however they run, resumed, and promoted."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from regression_model.artifact import load_pipeline
from regression_model.config import parse_config
from regression_model.errors import ConfigError, SearchError
from regression_model.records.leaderboard_file import read_leaderboard
from regression_model.search.promotion import promote_run
from regression_model.sweep import SweepJob, read_policy, read_sweep, replay_recorded, run_sweep
from regression_model.sweep.results import rank_runs
from regression_model.sweep.running import check_sweep

pytestmark = pytest.mark.slow


def ignore(event):
    del event


def tell(finished):
    """Return all of a sweep but its times."""
    runs = [replace(run, fit_time_s=None) for run in finished.result.runs]
    return [json.dumps(run.to_json()) for run in runs], finished.training.manifest.digest


@pytest.fixture(scope="module")
def finished(sweep_text, flats, tmp_path_factory):
    job = SweepJob(parse_config(sweep_text), flats, output=tmp_path_factory.mktemp("runs"), jobs=2, text=sweep_text)
    return run_sweep(job, ignore)


def test_hopeless_runs_are_given_up_and_the_best_is_trained(finished):
    result = finished.result
    statuses = [run.status for run in result.runs]
    assert statuses[:3] == ["completed"] * 3, "the first batch has nothing to compare with"
    assert "cancelled" in statuses[3:]
    for run in result.runs:
        assert (run.verdict is not None) == (run.status == "cancelled")
        if run.verdict is None:
            assert len(run.values) == run.assignment["epochs"]
            assert run.score == run.values[-1]
        else:
            assert run.verdict.best == min(run.values) > run.verdict.bar
            assert run.verdict.interval == len(run.values)
    assert result.best.score == min(run.score for run in result.runs if run.score is not None)
    artifact = load_pipeline(finished.training.path)
    trained = artifact.manifest.content["config"]["model"]
    assert trained["hidden_layers"][0] == result.best.assignment["hidden_layers.0"]
    assert trained["learning_rate"] == result.best.assignment["learning_rate"]
    assert artifact.manifest.content["compiled"]


def test_the_files_tell_the_same(finished):
    path = finished.folder.path
    leaderboard = read_leaderboard(path)
    assert [row.number for row in leaderboard.rows] == [run.number for run in rank_runs(finished.result)]
    assert leaderboard.find_winner().holdout == finished.training.evaluation.get("rmse").value
    assert (path / "runs.csv").read_text(encoding="utf-8").count("\n") == 7
    report = (path / "report.html").read_text(encoding="utf-8")
    assert "<svg" in report
    assert "bandit, slack_factor 0.1" in report
    config, result = read_sweep(path)
    assert result.best.number == finished.result.best.number
    assert config.model.family == "mlp"


def test_the_best_run_can_be_promoted(finished, sweep_text, tmp_path):
    file = tmp_path / "flats.yml"
    file.write_text(sweep_text, encoding="utf-8")
    _, promotion = promote_run(finished.folder.path, file)
    config = parse_config(promotion.text)
    assert config.model.epochs == finished.result.best.assignment["epochs"]
    assert "# A comment that a promotion keeps." in promotion.text
    assert config.sweep == parse_config(sweep_text).sweep


def test_another_policy_is_replayed_without_running(finished):
    _, result, replay = replay_recorded(
        finished.folder.path, read_policy("{type: truncation, truncation_percentage: 50}")
    )
    assert replay.recorded_intervals == sum(len(run.values) for run in result.runs)
    with pytest.raises(ConfigError, match="slack_factor"):
        read_policy("{type: bandit}")


RUN = """
import sys
from pathlib import Path
from regression_model.config import parse_config
from regression_model.sweep import SweepJob, run_sweep

def tell(event):
    if "run" in event:
        print(event["run"].number, flush=True)

text = Path(sys.argv[1]).read_text(encoding="utf-8")
run_sweep(SweepJob(parse_config(text), Path(sys.argv[2]), output=Path(sys.argv[3]), jobs=1), tell)
"""


def test_a_killed_sweep_goes_on_where_it_was_however_many_run_at_once(finished, sweep_text, flats, tmp_path):
    (tmp_path / "flats.yml").write_text(sweep_text, encoding="utf-8")
    arguments = [str(tmp_path / "flats.yml"), str(flats), str(tmp_path / "runs")]
    with subprocess.Popen([sys.executable, "-c", RUN, *arguments], stdout=subprocess.PIPE, text=True) as process:
        first = process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    (folder,) = (tmp_path / "runs" / "sweep").iterdir()
    (_, line, *_) = (folder / "journal.jsonl").read_text(encoding="ascii").splitlines()
    assert json.loads(line)["run"]["number"] == int(first)
    told = []
    job = SweepJob(parse_config(sweep_text), flats, resume=folder, jobs=1)
    resumed = run_sweep(job, told.append)
    assert tell(resumed) == tell(finished)
    assert next(event["begin"]["n_known"] for event in told if "begin" in event) >= 1
    other = sweep_text.replace("randint: [2, 9]", "randint: [2, 8]")
    with pytest.raises(SearchError, match="the section 'sweep' changed since it began"):
        run_sweep(replace(job, config=parse_config(other)), ignore)


def test_the_clock_ends_a_sweep(sweep_text, flats, tmp_path):
    text = sweep_text.replace("  max_total_runs: 6", "  max_total_runs: 600\n  max_duration_minutes: 0.001")
    finished = run_sweep(SweepJob(parse_config(text), flats, output=tmp_path, jobs=1), ignore)
    assert finished.result.truncated
    assert finished.folder.read_run()["status"] == "truncated"
    assert len(finished.result.runs) < 600


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  sampling: random", "  sampling: random\n  primary_metric: maee", "no metric 'maee'"),
        ("  sampling: random", "  primary_metric: r2\n  goal: minimize", "better when larger: use 'goal: maximize'"),
        ("  sampling: random", "  primary_metric: r2", "may be negative or zero"),
        ("    hidden_layers.0:", "    hidden_layers.5:", "has 2 entries"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_runs(sweep_text, old, new, message):
    with pytest.raises(ConfigError, match=message):
        check_sweep(SweepJob(parse_config(sweep_text.replace(old, new))))


def test_a_configuration_without_the_section_is_refused(sweep_text):
    text = sweep_text[: sweep_text.index("sweep:")]
    with pytest.raises(ConfigError, match="the section 'sweep' is missing"):
        check_sweep(SweepJob(parse_config(text)))


def test_values_are_finite_or_nothing(finished):
    assert all(math.isfinite(value) for run in finished.result.runs for value in run.values)
