from __future__ import annotations

import csv
import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from regression_model.artifact import load_pipeline
from regression_model.cli.app import app
from regression_model.errors import InputDataError
from regression_model.predict import FileJob, Place, make_prediction, predict_file
from regression_model.train_pipeline import run_training


@pytest.fixture
def windows(measurements):
    """The measurements of each window, by its id."""
    gathered = {}
    for row in measurements:
        gathered.setdefault(str(row["window"]), []).append(row["speed"])
    return gathered


def test_raw_measurements_are_predicted_in_either_orientation(waves, measurements, windows):
    """As the windows themselves are, sent as rows with a list in each."""
    expected = make_prediction(input_data=[{"speed": window} for window in windows.values()], artifact=waves)
    columns = {name: [row[name] for row in measurements] for name in ("window", "speed")}
    labelled = {name: {str(place): cell for place, cell in enumerate(cells)} for name, cells in columns.items()}
    for sent in (measurements, columns, labelled, pd.DataFrame(measurements)):
        answer = make_prediction(input_data=sent, artifact=waves)
        assert answer.pop("ids") == list(windows)
        assert answer == expected
    assert set(expected["predictions"]) == {"slow", "fast"}


def test_each_row_has_an_answer_of_its_own_if_series_are_not_gathered(waves, measurements):
    answer = make_prediction(input_data=measurements[:3], artifact=waves, gather_series=False)
    assert answer["predictions"] == [None] * 3
    assert answer["errors"][0][0]["reason"] == "not_a_series"


def test_odd_series_have_defined_answers(waves):
    rows = [
        {"speed": [0.5]},
        {"speed": [None, 0.5, None, 1.0]},
        {"speed": [1e200, -1e200] * 50},
        {"speed": None},
        {"speed": []},
        {"speed": ["x"]},
        {},
    ]
    answer = make_prediction(input_data=rows, artifact=waves)
    assert all(prediction is not None for prediction in answer["predictions"][:3])
    reasons = {row: errors[0]["reason"] for row, errors in answer["errors"].items()}
    assert reasons == {3: "missing_value", 4: "missing_value", 5: "not_a_number", 6: "required"}


def test_measurements_that_can_not_be_gathered_are_refused(waves):
    with pytest.raises(InputDataError, match="can't be gathered into series"):
        make_prediction(input_data=[{"window": None, "speed": 1.0}], artifact=waves)


def test_columns_of_series_are_predicted_as_rows_of_them(waves, windows):
    columns = {"window": list(windows), "speed": list(windows.values())}
    answer = make_prediction(input_data=columns, artifact=waves)
    assert answer.pop("ids") == list(windows)
    assert answer == make_prediction(input_data=[{"speed": window} for window in windows.values()], artifact=waves)


def test_a_series_of_another_length_altogether_is_refused(waves):
    rows = [{"speed": [0.5] * length} for length in (128, 129)]  # four times the longest window of training
    answer = make_prediction(input_data=rows, artifact=waves)
    assert answer["predictions"][0] in ("slow", "fast")
    assert answer["errors"][1][0]["reason"] == "too_long"


def test_what_means_unknown_does_so_wherever_series_come_from(measurements, table, change_config, tmp_path):
    config = change_config(**{"  name: waves": "  name: waves\n  missing_values: [-999, faulty]"})
    path = run_training(config, data_path=table, output=tmp_path).path
    model = load_pipeline(path)
    rows = measurements[:100]
    for unknown in (-999, "-999.0", "faulty"):
        gaps = [row if place % 5 else row | {"speed": unknown} for place, row in enumerate(rows)]
        frame = pd.DataFrame([row if place % 5 else row | {"speed": None} for place, row in enumerate(rows)])
        expected = make_prediction(input_data=frame, artifact=model)
        assert make_prediction(input_data=gaps, artifact=model) == expected
        wide = [{"speed": [row["speed"] for row in gaps if str(row["window"]) == name]} for name in expected["ids"]]
        assert make_prediction(input_data=wide, artifact=model)["predictions"] == expected["predictions"]
    (tmp_path / "in.json").write_text(json.dumps(gaps), encoding="utf-8")
    predict_file(FileJob(Place("json", tmp_path / "in.json"), Place("csv", tmp_path / "out.csv")), model)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["prediction"] for row in csv.DictReader(stream)] == expected["predictions"]


@pytest.mark.parametrize("form", ["rows", "columns"])
def test_the_command_line_predicts_a_file_of_measurements(form, waves_result, measurements, windows, tmp_path):
    labelled = {name: {str(n): row[name] for n, row in enumerate(measurements)} for name in ("window", "speed")}
    (tmp_path / "in.json").write_text(json.dumps(measurements if form == "rows" else labelled), encoding="utf-8")
    source, target = tmp_path / "in.json", tmp_path / "out.csv"
    arguments = ["predict", source, "-o", target, "--artifact", waves_result.path.parent]
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["window"] for row in rows] == list(windows)
    assert {row["prediction"] for row in rows} == {"slow", "fast"}


def test_rows_of_series_are_predicted_from_files_too(waves_result, windows, tmp_path):
    lines = [json.dumps({"speed": window}) for window in windows.values()]
    (tmp_path / "in.ndjson").write_text("\n".join(lines), encoding="utf-8")
    source, target = tmp_path / "in.ndjson", tmp_path / "out.ndjson"
    arguments = ["predict", source, "-o", target, "--artifact", waves_result.path.parent]
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    assert len((tmp_path / "out.ndjson").read_text(encoding="utf-8").splitlines()) == len(windows)
