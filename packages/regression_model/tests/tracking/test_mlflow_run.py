"""Runs on a real MLflow server."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import pytest

from regression_model.errors import TrackingError
from regression_model.tracking import open_run, track_training

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def client(server):
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=server.uri)


def find_runs(client, experiment):
    (found,) = client.search_experiments(filter_string=f"name = '{experiment}'")
    return client.search_runs([found.experiment_id], order_by=["start_time"])


def test_a_training_is_told_with_parameters_metrics_data_and_files(server, client, trained, tmp_path):
    with open_run("houses", "train", uri=server.uri) as run:
        track_training(run, trained.path, trained.manifest)

    (told,) = find_runs(client, "houses")
    content = trained.manifest.content
    assert told.info.status == "FINISHED"
    assert told.data.params["model.family"] == content["model"]["family"]
    assert told.data.params["seed"] == str(content["seeds"]["run"])
    rmse = content["metrics"]["holdout"]["metrics"]["rmse"]
    assert told.data.metrics["holdout.rmse"] == rmse["value"]
    assert told.data.metrics["holdout.rmse.low"] == rmse["low"]
    assert told.data.tags["manifest_sha256"] == trained.manifest.digest
    assert told.data.tags["data_sha256"] == content["data"]["sha256"]
    (given,) = told.inputs.dataset_inputs
    assert given.dataset.digest == content["data"]["sha256"][:36]
    for entry in content["files"].values():
        path = client.download_artifacts(told.info.run_id, f"model/{entry['name']}", str(tmp_path))
        assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == entry["sha256"]


def test_children_are_nested_and_a_resumed_run_tells_nothing_twice(server, client):
    for _ in range(2):
        with open_run("nested", "search", key="run-1", uri=server.uri) as run:
            for number in (0, 1):
                with run.begin_child(f"trial {number}", str(number)) as child:
                    child.log_parameters({"family": "lasso", "model": {"alpha": 0.1 * number}})
                    child.log_metrics({"rmse": 1.0 + number, "undefined": float("nan")})

    runs = {told.info.run_name: told for told in find_runs(client, "nested")}
    assert sorted(runs) == ["search", "trial 0", "trial 1"]
    assert len(find_runs(client, "nested")) == len(runs)
    parent = runs["search"].info.run_id
    assert {runs[name].data.tags.get("mlflow.parentRunId") for name in ("trial 0", "trial 1")} == {parent}
    assert runs["trial 1"].data.params == {"family": "lasso", "model.alpha": "0.1"}
    assert runs["trial 1"].data.metrics == {"rmse": 2.0}
    assert {told.info.status for told in runs.values()} == {"FINISHED"}


@pytest.mark.parametrize(("error", "status"), [(ValueError, "FAILED"), (KeyboardInterrupt, "KILLED")])
def test_a_run_that_does_not_finish_says_so(server, client, error, status):
    with pytest.raises(error), open_run(f"ends with {status}", "train", uri=server.uri):
        raise error
    (told,) = find_runs(client, f"ends with {status}")
    assert told.info.status == status


def test_many_and_long_values_are_told(server, client):
    with open_run("long", "search", uri=server.uri) as run:
        run.log_parameters({f"parameter_{number}": "x" * 900 for number in range(230)})
        run.log_metrics({f"metric_{number}": float(number) for number in range(1100)}, step=3)
    (told,) = find_runs(client, "long")
    assert len(told.data.params) == 230
    assert told.data.params["parameter_7"] == "x" * 497 + "..."
    assert told.data.metrics["metric_1099"] == 1099.0
    assert client.get_metric_history(told.info.run_id, "metric_5")[0].step == 3


def test_what_the_server_refuses_is_said_and_the_rest_is_told(server, client, caplog):
    with open_run("refused", "search", uri=server.uri) as run:
        run.log_parameters({"trials": 3})
        run.log_parameters({"trials": 4})
        run.log_metrics({"rmse": 1.0})
    (told,) = find_runs(client, "refused")
    assert (told.data.params, told.data.metrics) == ({"trials": "3"}, {"rmse": 1.0})
    assert "MLflow refuses something of this run" in caplog.text


def test_whatever_the_client_raises_is_said_once(caplog):
    from regression_model.tracking.mlflow_run import MlflowRun

    class Client:
        """One of a version that answers otherwise than its own documentation says."""

        def log_batch(self, run_id: str, **told: object) -> None:
            raise KeyError("metrics")

    run = MlflowRun(Client(), "0", "1")
    run.log_metrics({"rmse": 1.0})
    run.log_tags({"status": "completed"})
    (record,) = [record for record in caplog.records if record.name.startswith("regression_model.tracking")]
    assert "goes on: KeyError: 'metrics'" in record.getMessage()


def test_a_server_that_is_not_there_is_said_before_any_work():
    with pytest.raises(TrackingError, match=r"http://…@127\.0\.0\.1:9.*unset MLFLOW_TRACKING_URI") as raised:
        open_run("x", "train", uri="http://user:secret@127.0.0.1:9")
    assert "secret" not in str(raised.value)


def test_a_server_that_goes_away_is_said_once_and_costs_nothing_else(start_server, caplog):
    server = start_server()
    with caplog.at_level(logging.WARNING, "regression_model"), open_run("gone", "search", uri=server.uri) as run:
        with run.begin_child("trial 0", "0") as child:
            child.log_metrics({"rmse": 1.0})
        server.stop()
        for number in range(1, 4):
            with run.begin_child(f"trial {number}", str(number)) as child:
                child.log_metrics({"rmse": 1.0})
    warnings = [record for record in caplog.records if record.name.startswith("regression_model.tracking")]
    assert len(warnings) == 1
    assert "goes on" in warnings[0].getMessage()
