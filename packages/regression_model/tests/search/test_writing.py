from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from regression_model.config import load_config, parse_config, shipped_configs
from regression_model.records.leaderboard_file import find_row, read_leaderboard
from regression_model.search.outcome import SearchOutcome
from regression_model.search.records import Candidate, TrialResult
from regression_model.search.writing import write_results

CHANGES = {"model": {"family": "hist_gradient_boosting", "learning_rate": 0.2}}


@pytest.fixture(scope="module")
def outcome():
    target = np.random.default_rng(0).normal(100, 10, 60)
    result = TrialResult(Candidate(0, "portfolio", "hist_gradient_boosting", CHANGES), "completed", score=2.0)
    return SearchOutcome(
        config=load_config("california_housing"), run="one", metric="rmse", results=[result], target=target,
        predictions={0: target + 2.0}, winner=0,
    )  # fmt: skip


def test_four_files_are_written(tmp_path, outcome):
    text = shipped_configs()["california_housing"].read_text()

    board = write_results(tmp_path, outcome, config_text=text)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("best.yml", "leaderboard.csv", "leaderboard.json", "report.html")
    ]
    assert read_leaderboard(tmp_path) == board
    assert find_row(tmp_path, None).number == find_row(tmp_path, 0).number == 0
    assert parse_config((tmp_path / "best.yml").read_text()).model.learning_rate == 0.2


def test_without_a_file_to_write_into_there_is_no_best_one(tmp_path, outcome):
    write_results(tmp_path, outcome)

    assert not (tmp_path / "best.yml").exists()


def test_what_people_can_do_without_costs_a_warning_and_no_search(tmp_path, outcome, caplog):
    (tmp_path / "best.yml").write_text("of an earlier attempt")
    unreadable = "pipeline_name: [\n"

    board = write_results(tmp_path, replace(outcome, target=outcome.target[:1]), config_text=unreadable)

    assert read_leaderboard(tmp_path) == board
    assert not (tmp_path / "best.yml").exists()
    assert not (tmp_path / "report.html").exists()
    assert "there is no best.yml: ConfigError" in caplog.text
    assert "there is no report.html: " in caplog.text
