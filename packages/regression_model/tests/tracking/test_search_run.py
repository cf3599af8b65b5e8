"""A search on a real MLflow server: a run for each trial, nested in that of the search."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from regression_model.cli.app import app
from regression_model.cli.exit_codes import ExitCode
from regression_model.config import parse_config
from regression_model.errors import TrainingError
from regression_model.records.leaderboard_file import read_leaderboard
from regression_model.search import SearchJob, run_search_isolated
from regression_model.search.tracking import SearchTracker

pytestmark = [pytest.mark.heavy, pytest.mark.slow]

CONFIG = """\
pipeline_name: searched
task: regression
data:
  name: house_prices
  sample: house_prices
target:
  column: SalePrice
  transform: log
features:
  integer: [OverallQual, YearBuilt]
model:
  family: ridge
evaluation:
  bootstrap_samples: 100
search:
  trials: 4
  batch_size: 1
  families: [ridge, lasso]
  ensemble: none
"""


def test_a_search_is_told_with_a_run_for_each_trial_and_goes_on_in_it(server, tmp_path, monkeypatch):
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=server.uri)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    job = SearchJob(parse_config(CONFIG), sample=True, output=tmp_path)
    events = []

    def give_up(event: dict[str, object]) -> None:
        events.append(event)
        if sum("trial" in each for each in events) == 2:
            raise TrainingError("enough")

    with pytest.raises(TrainingError, match="enough"), SearchTracker(job, give_up) as tracker:
        run_search_isolated(job, tracker)
    (experiment,) = client.search_experiments(filter_string="name = 'searched'")
    (parent,) = client.search_runs([experiment.experiment_id], "attributes.run_name LIKE 'search %'")
    assert parent.info.status == "FAILED"

    (folder,) = (tmp_path / "search").iterdir()
    with SearchTracker(job, events.append) as tracker:
        result = run_search_isolated(replace(job, resume=folder), tracker)
        tracker.finish(result)
    runs = {told.info.run_name: told for told in client.search_runs([experiment.experiment_id])}
    assert sorted(runs) == [f"search {folder.name}", "trial 0", "trial 1", "trial 2", "trial 3"]
    assert {told.info.status for told in runs.values()} == {"FINISHED"}
    told = runs.pop(f"search {folder.name}")
    check_whole(client, told, result, tmp_path / "told")
    trials = {row.number: row for row in read_leaderboard(folder).rows}
    for name, run in runs.items():
        row = trials[int(name.removeprefix("trial "))]
        assert run.data.tags["mlflow.parentRunId"] == told.info.run_id == parent.info.run_id
        assert (run.data.params["model.family"], run.data.params["origin"]) == (row.family, row.origin)
        assert run.data.tags["status"] == row.status
        assert run.data.metrics["score"] == run.data.metrics["rmse"] == row.score
        assert run.data.metrics["score.low"] == row.low
        assert run.data.metrics["latency_ms"] == row.latency_ms
        folds = client.get_metric_history(run.info.run_id, "fold_score")
        assert {item.step for item in folds} == set(range(5))


def check_whole(client, told, result, folder: Path) -> None:
    """Check what is told of the search itself."""
    from regression_model.artifact import Manifest

    manifest = Manifest.from_file(result.manifest).content
    assert told.data.params["search.ensemble"] == "none"
    assert told.data.tags["search.trials"] == "4"
    assert (told.data.tags["truncated"], told.data.tags["winner"]) == ("false", str(result.winner))
    assert told.data.tags["data_sha256"] == manifest["data"]["sha256"]
    assert told.data.params["model.family"] == manifest["model"]["family"]
    assert told.data.metrics["holdout.rmse"] == manifest["metrics"]["holdout"]["metrics"]["rmse"]["value"]
    assert {file.path for file in client.list_artifacts(told.info.run_id)} >= {
        "guardrails.json", "leaderboard.csv", "leaderboard.json", "report.html", "model",
    }  # fmt: skip
    folder.mkdir()
    found = Path(client.download_artifacts(told.info.run_id, "leaderboard.json", str(folder)))
    assert found.read_bytes() == (result.folder / "leaderboard.json").read_bytes()
    guardrails = Path(client.download_artifacts(told.info.run_id, "guardrails.json", str(folder)))
    assert isinstance(json.loads(guardrails.read_text()), list)


def test_a_search_does_not_begin_its_trials_if_the_server_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    file = tmp_path / "searched.yml"
    file.write_text(CONFIG, encoding="utf-8")
    found = CliRunner().invoke(app, ["search", "--config", str(file), "--sample", "--output", str(tmp_path / "runs")])
    assert found.exit_code == ExitCode.TRACKING
    assert "unset MLFLOW_TRACKING_URI" in found.stderr
    (journal,) = (tmp_path / "runs" / "search").glob("*/journal.jsonl")
    assert '"kind":"trial"' not in journal.read_text()
