"""What the API writes is what insights read: nothing of the layout is repeated by hand here."""

from __future__ import annotations

import json

import pytest

from ml_api.app import create_app
from ml_api.blueprints.context import EXTENSION
from ml_api.services.insights import collect_insights
from ml_api.settings import TestingSettings
from regression_model import load_pipeline


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_requests_streams_and_feedback(task, model_folder, classifier_folder, tmp_path):
    folder = model_folder if task == "regression" else classifier_folder
    app = create_app(TestingSettings(artifact=folder, prediction_log=tmp_path / "log", log_redact=("YearBuilt",)))
    client, artifact = app.test_client(), load_pipeline(folder)
    row = artifact.example_row()
    document = client.post("/v1/predict", json=[row, {**row, "OverallQual": "high"}, row]).get_json()
    lines = "".join(json.dumps(row) + "\n" for _ in range(200))
    assert len(client.post("/v1/predict", data=lines, content_type="application/x-ndjson").data.splitlines()) > 200
    assert client.post("/v1/predict", json=[{**row, "OverallQual": "high"}]).status_code == 422
    outcome = {"prediction_id": document["prediction_id"], "row": 2, "outcome": document["predictions"][2]}
    assert client.post("/v1/feedback", json=outcome).status_code == 202
    app.extensions[EXTENSION].prediction_log.close()

    found = collect_insights(tmp_path / "log", artifact_path=folder, n_days=1)
    assert found.log.n_unreadable == 0
    assert (found.traffic.n_requests, found.traffic.n_rows) == (3, 204)
    assert found.traffic.statuses == {"200": 2, "422": 1}
    assert found.latency.p50_ms > 0
    assert [(item.reason, item.n_rows, dict(item.fields)) for item in found.refusals.reasons] == [
        ("not_a_number", 2, {"OverallQual": 2})
    ]
    [version] = found.accuracy.versions
    assert (version.version, version.digest) == (artifact.version, artifact.digest)
    metric = version.metrics[0]
    assert (metric.name, metric.value) == (("mae", 0.0) if task == "regression" else ("accuracy", 1.0))
    assert found.drift.n_rows == 202
    levels = {drift.name: drift.level for drift in found.drift.features}
    assert levels["YearBuilt"] == "redacted"
    assert levels["OverallQual"] == "major"  # the same row over and over
