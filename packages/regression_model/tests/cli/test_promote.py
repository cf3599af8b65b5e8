from __future__ import annotations

import json

import numpy as np
import pytest

from regression_model.artifact import load_pipeline
from regression_model.config import load_config
from regression_model.records.leaderboard import HoldoutScore
from regression_model.records.run_folder import CONFIG, RunFolder
from regression_model.search.outcome import SearchOutcome
from regression_model.search.records import Candidate, TrialResult
from regression_model.search.writing import write_results

RIDGE = {"model": {"family": "ridge", "alpha": 0.5}}
VOTE = {
    "preprocessing": [
        {"step": "log", "columns": ["LotArea", "GrLivArea"]},
        {"step": "ordered_encoding", "columns": ["Neighborhood"]},
    ],
    "model": {
        "family": "vote",
        "members": [
            {"name": "ridge_1", "weight": 0.75, "preprocessing": [{"step": "scale"}], "model": {"family": "ridge"}},
            {"name": "lasso_0", "weight": 0.25, "model": {"family": "lasso", "alpha": 0.001}},
        ],
    },
}


@pytest.fixture
def file(config):
    """The small configuration, with a comment, in a place of its own."""
    config.write_text("# Ours.\n" + config.read_text())
    return config


@pytest.fixture
def folder(file, tmp_path):
    """The folder of a search of three rows, of which the vote has won."""
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    folder.write_run({"source": {"file": str(file)}})
    (folder.path / CONFIG).write_bytes(file.read_bytes())
    target = np.linspace(1.0, 2.0, 40)
    results = [
        TrialResult(Candidate(0, "baseline", "lasso", {}), "completed", score=0.3),
        TrialResult(Candidate(1, "portfolio", "ridge", RIDGE), "completed", score=0.2),
        TrialResult(Candidate(2, "portfolio", "ridge", {}), "crashed", reason="ended by signal 9"),
        TrialResult(Candidate(3, "vote", "vote", VOTE), "completed", score=0.1),
    ]
    write_results(folder.path, SearchOutcome(
        config=load_config(file), run="run", metric="rmsle", results=results, target=target, predictions={},
        winner=3, holdout={3: HoldoutScore(0.123456)},
    ))  # fmt: skip
    return folder.path


def test_the_winner_is_written_and_the_diff_printed(run, folder, file):
    result = run("promote", folder)

    assert result.exit_code == 0
    assert "+  family: vote" in result.stdout
    assert "-  family: " in result.stdout
    assert "now describes vote of trial 3" in result.stderr
    assert "RMSLE 0.1235" in result.stderr
    assert file.read_text().startswith("# Ours.\n")
    assert load_config(file).model.family == "vote"


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ({}, ""),
        ({"data_path": None, "sample": True}, " --sample"),
        ({"data_path": "/tables/of 2025.csv", "sample": False}, " --data '/tables/of 2025.csv'"),
    ],
)
def test_the_next_command_reads_the_table_that_the_run_has_seen(run, folder, file, source, options):
    RunFolder(folder).update_run(source={"file": str(file), **source})

    said = run("promote", folder).stderr

    assert f"regression-model train --config {file}{options}\n" in said.replace("\n  ", " ")


@pytest.mark.slow
def test_train_builds_what_was_promoted(run, folder, file, tmp_path):
    run("promote", folder)

    trained = run("train", "--config", file, "--sample", "--output", tmp_path / "model")

    assert trained.exit_code == 0
    ensemble = load_pipeline(next((tmp_path / "model").glob("*.manifest.json"))).manifest.content["ensemble"]
    assert "ridge_1" in json.dumps(ensemble)


def test_another_trial(run, folder, file):
    assert run("promote", folder, "--trial", 1).exit_code == 0
    assert load_config(file).model.alpha == 0.5


def test_a_dry_run_writes_nothing(run, folder, file):
    before = file.read_bytes()

    result = run("promote", folder, "--dry-run")

    assert "+  family: vote" in result.stdout
    assert "Nothing was written" in result.stderr
    assert file.read_bytes() == before


def test_the_baseline_is_there_already(run, folder, file):
    before = file.read_bytes()

    result = run("promote", folder, "--trial", 0)

    assert (result.exit_code, result.stdout) == (0, "")
    assert "says all of this already" in result.stderr
    assert file.read_bytes() == before


def test_a_second_promotion_follows_the_first(run, folder, file):
    run("promote", folder)
    run("promote", folder, "--trial", 1)

    assert load_config(file).model.family == "ridge"


def test_a_file_that_describes_something_else_is_refused(run, folder, file):
    file.write_text(file.read_text().replace("too large to be typical", "another reason"))
    before = file.read_bytes()

    refused = run("promote", folder)
    assert refused.exit_code != 0
    assert "data changed since" in refused.stderr
    assert file.read_bytes() == before

    assert run("promote", folder, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--trial", 2], "trial 2 has no model: crashed, ended by signal 9"), (["--trial", 7], "there is no trial 7")],
)
def test_a_trial_without_a_model_is_refused(run, folder, arguments, said):
    result = run("promote", folder, *arguments)

    assert result.exit_code != 0
    assert said in result.stderr


def test_a_folder_that_is_no_run_is_refused(run, tmp_path, file):
    result = run("promote", tmp_path, "--config", file)
    assert result.exit_code != 0
    assert "is no run of a search" in result.stderr

    assert "is no run of a search" in run("promote", tmp_path / "nowhere").stderr


def test_a_file_that_is_gone_is_named(run, folder, file):
    file.rename(file.with_name("moved.yml"))

    assert "is not there any more" in run("promote", folder).stderr
    assert run("promote", folder, "--config", file.with_name("moved.yml")).exit_code == 0
