"""A sweep on a real MLflow server: a run for each configuration, nested in that of the sweep."""

from __future__ import annotations

import pytest

from regression_model.config import parse_config
from regression_model.sweep import SweepJob, run_sweep

pytestmark = pytest.mark.heavy

CONFIG = """\
pipeline_name: swept
task: regression
data:
  name: house_prices
  sample: house_prices
target:
  column: SalePrice
features:
  integer: [OverallQual, YearBuilt]
model:
  family: mlp
  hidden_layers: [4]
  epochs: 3
evaluation:
  bootstrap_samples: 100
sweep:
  sampling: grid
  parameters:
    learning_rate:
      choice: [0.01, 0.02]
  primary_metric: mae
  experiment: network
"""


def test_a_sweep_is_told_with_a_run_for_each_configuration(server, tmp_path, monkeypatch):
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=server.uri)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    finished = run_sweep(SweepJob(parse_config(CONFIG), sample=True, output=tmp_path), lambda event: None)

    (experiment,) = client.search_experiments(filter_string="name = 'swept'")
    runs = {told.info.run_name: told for told in client.search_runs([experiment.experiment_id])}
    parent = runs.pop(f"sweep {finished.folder.path.name}")
    assert parent.data.params["sweep.sampling"] == "grid"
    assert "sweep.max_total_runs" not in parent.data.params, "a resumed sweep may say another number"
    assert (parent.data.tags["sweep.max_total_runs"], parent.data.tags["sweep.experiment"]) == ("20", "network")
    assert parent.data.tags["best_run"] == str(finished.result.best.number)
    assert parent.data.tags["manifest_sha256"] == finished.training.manifest.digest
    assert sorted(runs) == ["run 0", "run 1"]
    for run in finished.result.runs:
        told = runs[f"run {run.number}"]
        assert told.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert float(told.data.params["learning_rate"]) == run.assignment["learning_rate"]
        history = client.get_metric_history(told.info.run_id, "mae")
        assert sorted((item.step, item.value) for item in history) == list(enumerate(run.values, start=1))
    assert {told.info.status for told in (parent, *runs.values())} == {"FINISHED"}
