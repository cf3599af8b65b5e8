from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from ml_api.cli import main
from ml_api.cli.insights_text import align
from ml_api.services.records import FeedbackRecord, PredictionRecord
from regression_model import make_prediction


@pytest.fixture
def folder(tmp_path, artifact):
    """A log with good rows, refused ones and an outcome."""
    rows = [artifact.example_row() for _ in range(150)]
    rows[3]["LotArea"] = "wide"
    answer = make_prediction(input_data=rows, artifact=artifact)
    record = PredictionRecord(
        prediction_id="a",
        request_id="r",
        model_version=artifact.version,
        artifact_digest=artifact.digest,
        key_id=None,
        latency_ms=12.5,
        features=artifact.schema.names,
        rows=rows,
        predictions=answer["predictions"],
        errors=answer["errors"],
        time=datetime.now(tz=UTC),
    )
    (tmp_path / "predictions-20260101-0-0001.ndjson").write_bytes(record.encode(lambda name: name == "Alley"))
    outcome = FeedbackRecord(prediction_id="a", row=0, outcome=1e5, request_id="f", key_id=None)
    (tmp_path / "feedback-20260101-0-0001.ndjson").write_bytes(outcome.encode() + b'{"half')
    return tmp_path


def run(*arguments: object, **variables: str):
    return CliRunner().invoke(main, ["insights", *map(str, arguments)], env=variables)


def test_text(folder, model_folder, artifact):
    result = run("--log", folder, "--artifact", model_folder, "--days", 1)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == f"Model {artifact.version} (regression), digest {artifact.digest[:12]}"
    assert "TRAFFIC: 1 requests, 150 rows" in lines
    assert "Latency in ms: p50 12.5, p95 12.5, p99 12.5" in lines
    assert "REFUSED: 1 rows, 0.7% of all" in lines
    assert "not_a_number  LotArea 1     1    0.7%" in lines
    assert "ACCURACY: 1 outcomes came back" in lines
    [drift] = [line.split() for line in lines if line.startswith("LotArea ")]
    assert drift[1:3] == ["MAJOR", "149"]
    [alley] = [line.split() for line in lines if line.startswith("Alley ")]
    assert alley == ["Alley", "redacted", "0"]
    assert all(len(line) <= 120 for line in lines)


def test_json(folder, model_folder, artifact):
    result = run("--log", folder, "--artifact", model_folder, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    assert document["model"] == {"version": artifact.version, "digest": artifact.digest, "task": "regression"}
    assert [feature["name"] for feature in document["drift"]["features"]] == artifact.schema.names


def test_settings_stand_in_for_options(folder, model_folder):
    variables = {"ML_API_ENV": "testing", "ML_API_PREDICTION_LOG": str(folder), "ML_API_ARTIFACT": str(model_folder)}
    result = run("--json", **variables)
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["traffic"]["n_rows"] == 150


def test_an_empty_log(tmp_path, model_folder):
    result = run("--log", tmp_path, "--artifact", model_folder)
    assert result.exit_code == 0, result.output
    assert "No prediction in the log" in result.output
    assert "too few rows" in result.output


def test_no_log_is_a_message(model_folder):
    result = run("--artifact", model_folder, ML_API_ENV="testing")
    assert result.exit_code == 1
    assert result.output == (
        "Error: No prediction log is kept: set ML_API_PREDICTION_LOG, or name its folder with --log.\n"
    )


def test_no_model_is_a_message(tmp_path):
    result = run("--log", tmp_path, "--artifact", tmp_path)
    assert result.exit_code == 1
    assert result.output.startswith("Error: The model that drift is measured against can't be loaded: ")


def test_unusable_settings_are_a_message():
    result = run(ML_API_PROT="1")
    assert result.exit_code == 1
    assert "ML_API_PROT is no setting" in result.output


@pytest.mark.parametrize("arguments", [["--days", "0"], ["--days", "x"], ["--folder", "x"]])
def test_a_wrong_command_line_is_exit_code_2(arguments):
    assert run(*arguments).exit_code == 2


def test_text_from_the_log_moves_no_cursor():
    assert list(align(("a",), [("\x1b[2Jx\n",)])) == ["a", "?[2Jx?"]
