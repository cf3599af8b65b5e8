from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from regression_model.artifact import load_pipeline
from regression_model.config import parse_config
from regression_model.errors import DataError
from regression_model.predict import make_prediction
from regression_model.train_pipeline import run_training


def test_a_training_saves_a_measured_model(tmp_path, config, table):
    stages: list[str] = []
    result = run_training(config, data_path=table(tmp_path), output=tmp_path / "out", report_progress=stages.append)
    manifest = result.manifest.content

    assert result.path == tmp_path / "out" / "houses_output_v2.5.0.manifest.json"
    assert manifest["metrics"]["holdout"]["metrics"]["rmsle"]["value"] == result.evaluation.get("rmsle").value < 0.2
    assert manifest["metrics"]["cross_validation"]["folds"] == 3
    assert len(manifest["metrics"]["cross_validation"]["metrics"]["rmsle"]["values"]) == 3
    assert stages[0] == "Loading the data"
    assert stages[-1] == "Saving the model"


def test_rows_that_were_left_out_are_counted_by_reason(tmp_path, config, table):
    result = run_training(config, data_path=table(tmp_path), output=tmp_path / "out")
    rows = result.manifest.content["rows"]

    assert rows["total"] == 240
    assert rows["left_out"]["the target is missing"] == 2
    assert 1 <= rows["left_out"]["too large to be typical"] <= 6
    # The holdout is never thinned: only training rows are left out.
    assert rows["train"] + rows["holdout"] + sum(rows["left_out"].values()) == 240
    assert rows["holdout"] == 60


def test_the_schema_holds_only_what_the_model_still_reads(tmp_path, config, table):
    """The Lasso sets the coefficient of a column of noise to zero; nobody has to send that column."""
    result = run_training(config, data_path=table(tmp_path), output=tmp_path / "out")
    artifact = load_pipeline(result.path)

    assert "noise" not in artifact.schema.names
    assert "noise" in artifact.schema.ignored
    assert {"area", "town"} <= set(artifact.schema.names)
    answer = make_prediction(input_data={"area": 100, "rooms": 4, "town": "Ames"}, artifact=artifact)
    # The law of the table has no noise; the penalty pulls the coefficients a little towards zero.
    assert answer["predictions"][0] == pytest.approx(200_000 * 1.1**4, rel=0.15)


def test_the_artifact_does_not_depend_on_where_and_how_it_was_trained(tmp_path, table, text):
    script = (
        "import sys; from pathlib import Path; from regression_model import *;"
        "r = run_training(load_config(sys.argv[1]), data_path=Path(sys.argv[2]), output=Path(sys.argv[3]));"
        "print(r.manifest.digest)"
    )
    digests = set()
    for seed, zone in (("0", "UTC"), ("77", "Asia/Tokyo")):
        folder = tmp_path / f"at {seed}"
        folder.mkdir()
        (folder / "config.yml").write_text(text)
        command = [
            sys.executable,
            "-c",
            script,
            str(folder / "config.yml"),
            str(table(folder)),
            str(folder / "out"),
        ]
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)
        assert done.returncode == 0, done.stderr
        digests.add(done.stdout)

    assert len(digests) == 1


def test_the_manifest_names_no_place_and_no_time(tmp_path, config, table):
    result = run_training(config, data_path=table(tmp_path), output=tmp_path / "out")
    text = result.path.read_text()

    assert str(tmp_path) not in text
    assert str(Path.home()) not in text
    assert not re.search(r"\d{4}-\d{2}-\d{2}", text)


def test_the_golden_rows_are_repeated_by_the_loaded_model(tmp_path, config, table):
    result = run_training(config, data_path=table(tmp_path), output=tmp_path / "out")
    golden = result.manifest.content["golden_rows"]
    answer = make_prediction(input_data=golden["rows"], artifact=load_pipeline(result.path))

    assert len(golden["rows"]) == 10
    assert answer["predictions"] == golden["predictions"]
    assert all(isinstance(row["rooms"], int | None) for row in golden["rows"])


def test_a_classification_is_trained_and_predicts_labels(tmp_path, text, table):
    text = text.replace("task: regression", "task: classification").replace("  transform: log\n", "")
    text = text.replace("family: lasso\n  alpha: 0.02", "family: logistic_regression")
    path = table(tmp_path)
    frame = pd.read_csv(path)
    frame.assign(price=np.where(frame["price"].isna(), "", np.where(frame["area"] > 150, "dear", "cheap"))).to_csv(
        path, index=False
    )
    artifact = load_pipeline(run_training(parse_config(text), data_path=path, output=tmp_path / "out").path)
    answer = make_prediction(
        input_data=[{"noise": 0, "rooms": 4, "town": "Ames", "area": area} for area in (240, 60)], artifact=artifact
    )

    assert artifact.classes == answer["classes"] == ["cheap", "dear"]
    assert answer["predictions"] == ["dear", "cheap"]
    assert answer["probabilities"][0][1] > 0.9


def test_a_lookup_joins_a_pinned_table(tmp_path, text, table):
    towns = "town,people\nAmes,66000\nBoone,12000\nNevada,7000\n"
    (tmp_path / "towns.csv").write_text(towns)
    digest = hashlib.sha256(towns.encode()).hexdigest()
    text = text.replace(
        "data:\n  name: houses\n",
        f"data:\n  name: houses\n  reference_tables:\n    towns:\n      path: towns.csv\n      sha256: {digest}\n",
    )
    text = text.replace(
        "  - step: impute_category\n",
        "  - step: lookup\n    table: towns\n    key: town\n    values: [people]\n  - step: impute_number\n"
        "    columns: people\n  - step: impute_category\n",
        1,
    )  # fmt: skip
    config = parse_config(text, file=tmp_path / "config.yml")
    artifact = load_pipeline(run_training(config, data_path=table(tmp_path), output=tmp_path / "out").path)

    rows = [{"area": 100, "rooms": 3, "town": town, "noise": 0} for town in ("Ames", "Boone", "Nevada")]
    prices = make_prediction(input_data=rows, artifact=artifact)["predictions"]
    people = artifact.pipeline.named_steps["01_lookup"].transform(pd.DataFrame(rows).astype({"town": object}))["people"]
    assert people.tolist() == [66_000, 12_000, 7_000]
    assert prices[0] > 1.5 * max(prices[1:])
    (tmp_path / "towns.csv").write_text(towns + "Slater,1500\n")
    with pytest.raises(DataError, match="the reference table 'towns'.*the config pins"):
        run_training(config, data_path=table(tmp_path), output=tmp_path / "out")


def test_the_published_model_trains_on_the_sample_and_says_that_it_is_synthetic(trained, artifact):
    content = trained.manifest.content

    assert content["data"]["synthetic"] is True
    assert content["metrics"]["holdout"]["metrics"]["r2"]["value"] > 0.7
    assert content["pipeline_name"] == "house_prices"
    json.dumps(artifact.example_row(), allow_nan=False)


def test_rules_with_the_same_reason_are_added_up(tmp_path, config, table, changed_config):
    rules = "      reason: too large to be typical\n"
    twice = f"{rules}    - column: rooms\n      above: 7\n{rules}"
    rows = run_training(changed_config(rules, twice), data_path=table(tmp_path), output=tmp_path / "out")
    one = run_training(config, data_path=table(tmp_path), output=tmp_path / "other")

    left_out = [result.manifest.content["rows"]["left_out"]["too large to be typical"] for result in (rows, one)]
    assert left_out[0] > left_out[1] > 0
    counted = rows.manifest.content["rows"]
    assert counted["train"] + counted["holdout"] + sum(counted["left_out"].values()) == counted["total"]


def test_a_second_training_in_a_repository_is_the_same_as_the_first(tmp_path, text, table):
    """What training writes beside the config is no change of the sources."""
    for command in (["init", "-q"], ["add", "config.yml"], ["commit", "-q", "-m", "config"]):
        (tmp_path / "config.yml").write_text(text)
        identity = ["-c", "user.name=tester", "-c", "user.email=tester@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *identity, *command], check=True)
    config = parse_config(text, file=tmp_path / "config.yml")
    path = table(tmp_path)
    first = run_training(config, data_path=path, output=tmp_path / "trained_models")
    second = run_training(config, data_path=path, output=tmp_path / "trained_models")

    assert first.manifest.content["git"]["dirty"] is False
    assert len(first.manifest.content["git"]["commit"]) == 40
    assert first.manifest.digest == second.manifest.digest


def test_numbers_that_mean_missing_are_the_same_in_a_table_and_in_a_request(tmp_path, table, changed_config):
    changed = changed_config("  name: houses\n", "  name: houses\n  missing_values: ['-999', '?']\n")
    path = table(tmp_path)
    frame = pd.read_csv(path)
    frame["rooms"] = frame["rooms"].fillna(-999)
    frame.to_csv(path, index=False)
    artifact = load_pipeline(run_training(changed, data_path=path, output=tmp_path / "out").path)
    ways = [None, -999, -999.0, "-999", " -999.0", "?", ""]
    rows = [{"area": 100, "rooms": rooms, "town": "Ames", "noise": 0} for rooms in ways]

    assert artifact.schema["rooms"].minimum >= 1
    assert len(set(make_prediction(input_data=rows, artifact=artifact)["predictions"])) == 1
