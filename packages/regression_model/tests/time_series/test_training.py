from __future__ import annotations

import json
import logging
import shutil

import pytest

from regression_model.config import parse_config
from regression_model.errors import ConfigError, DataError, DataNotFoundError
from regression_model.processing.datasets import load_dataset
from regression_model.processing.training_table import MISSING_SERIES, MISSING_TARGET, build_training_table
from regression_model.train_pipeline import run_training


def test_a_long_table_is_learned_from(waves_result):
    content = waves_result.manifest.content
    assert content["rows"] == {"total": 60, "left_out": {}, "train": 44, "holdout": 16}
    assert waves_result.evaluation.get("accuracy").value >= 0.9
    assert content["metrics"]["cross_validation"]["metrics"]["accuracy"]["mean"] >= 0.9
    assert content["data"]["labels_sha256"]
    [feature] = content["schema"]["features"]
    assert (feature["dtype"], feature["nullable"]) == ("series", False)
    assert feature["minimum"] < 0 < feature["maximum"]
    assert feature["longest"] == 32
    assert "MiniRocketFeatures" in content["compiled_reason"]


def test_the_same_config_and_data_give_the_same_bytes(waves_result, table, change_config, tmp_path):
    again = run_training(change_config(folds="groups: overlap\n  folds"), data_path=table, output=tmp_path)
    assert again.path.read_bytes() == waves_result.path.read_bytes()


def test_overlap_is_told_of_unless_groups_are_asked_for(table, change_config, tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        run_training(change_config(**{"folds: 3": "folds: 0"}), data_path=table, output=tmp_path)
    assert "60 of 60 windows share measurements with another (30 pairs" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        config = change_config(**{"folds: 3": "folds: 0\n  groups: overlap"})
        run_training(config, data_path=table, output=tmp_path)
    assert "share measurements" not in caplog.text


def test_ids_without_label_and_labels_without_series_are_left_out(table, change_config, tmp_path):
    labels = json.loads((table.parent / "labels.json").read_text(encoding="utf-8"))
    labels[0]["window"] = 99_999  # window 0 loses its label, and there is no window 99,999
    (tmp_path / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    shutil.copy(table, tmp_path / "waves.json")
    config = change_config()
    found = build_training_table(load_dataset(config, path=tmp_path / "waves.json").frame, config)
    assert found.left_out == {MISSING_TARGET: 1, MISSING_SERIES: 1}
    assert (found.n_read, len(found.frame), len(found.overlap.groups)) == (61, 59, 59)


def test_labels_are_looked_for_beside_the_table(table, change_config, tmp_path):
    shutil.copy(table, tmp_path / "waves.json")
    with pytest.raises(DataNotFoundError, match=r"no table of labels at .*labels.json; 'data.time_series.labels'"):
        load_dataset(change_config(), path=tmp_path / "waves.json")


def test_labels_may_stand_in_the_table_itself(measurements, change_config, tmp_path):
    paces = ["fast" if row["window"] // 10 % 2 else "slow" for row in measurements]
    lines = [f"{row['window']},{row['speed']!r},{pace}" for row, pace in zip(measurements, paces, strict=True)]
    (tmp_path / "waves.csv").write_text("\n".join(["window,speed,pace", *lines]), encoding="utf-8")
    config = change_config(**{"    labels: labels.json\n": ""})
    frame = load_dataset(config, path=tmp_path / "waves.csv").frame
    assert list(frame.columns) == ["window", "speed", "pace"]
    assert frame["pace"].value_counts().to_dict() == {"fast": 30, "slow": 30}
    (tmp_path / "waves.csv").write_text("window,speed,pace\n1,2,slow\n1,3,fast\n", encoding="utf-8")
    with pytest.raises(DataError, match="column 'pace' varies within a series"):
        load_dataset(config, path=tmp_path / "waves.csv")


@pytest.mark.parametrize("form", ["rows", "columns", "lines", "csv"])
def test_a_wide_table_has_series_as_cells(form, change_config, tmp_path):
    rows = [{"speed": [0.5, None, float(number)], "pace": "fast" if number % 2 else "slow"} for number in range(20)]
    columns = {name: [row[name] for row in rows] for name in ("speed", "pace")}
    name, text = {
        "rows": ("waves.json", json.dumps(rows)),
        "columns": ("waves.json", json.dumps(columns)),
        "lines": ("waves.ndjson", "\n".join(map(json.dumps, rows))),
        "csv": ("waves.csv", "\n".join(["speed;pace", *(f"{json.dumps(row['speed'])};{row['pace']}" for row in rows)])),
    }[form]
    (tmp_path / name).write_text(text, encoding="utf-8")
    section = "  time_series:\n    id: window\n    values: speed\n    labels: labels.json\n"
    config = change_config(**{section: ""})
    found = build_training_table(load_dataset(config, path=tmp_path / name).frame, config)
    assert found.frame["speed"][3][2] == 3.0
    assert found.frame["speed"][3][1] != found.frame["speed"][3][1], "missing"


def test_a_cell_of_another_table_is_no_list(published_config, tmp_path):
    (tmp_path / "t.json").write_text('[{"a": [1]}]', encoding="utf-8")
    with pytest.raises(DataError, match="a list can't be a cell"):
        load_dataset(published_config, path=tmp_path / "t.json")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  - step: extract_series_features\n    extractor: minirocket\n    n_features: 420\n", "",
         "'speed' is still a series when it reaches the model.*'extract_series_features'"),
        ("    id: window", "    id: speed", "have to be different columns"),
        ("    values: speed", "    values: [speed, x]\n    kind: what", "each kind becomes a series of its own"),
        ("extractor: minirocket", "extractor: minirocket\n    names: mean", "'names' goes with 'extractor: tsfresh'"),
        ("    id: window", "    idd: window", "unknown key .did you mean 'id'"),
    ],
)  # fmt: skip
def test_configs_that_mean_nothing(old, new, message, change_config):
    with pytest.raises(ConfigError, match=message):
        change_config(**{old: new})


def test_what_is_not_used_is_not_in_the_manifest():
    """Models without series keep the digests that they had before there were any."""
    config = parse_config(
        "pipeline_name: a\ntask: regression\ndata:\n  name: a\ntarget:\n  column: y\nfeatures:\n  number: x\n"
        "model:\n  family: ridge\n"
    )
    resolved = config.model_dump(mode="json")
    assert "time_series" not in resolved["data"]
    assert "series" not in resolved["features"]
    assert "groups" not in resolved["evaluation"]
