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
from regression_model.config import Config, parse_config
from regression_model.errors import DataError, DataNotFoundError, TrainingError
from regression_model.predict import make_prediction
from regression_model.train_pipeline import run_training

TEXT = """\
pipeline_name: houses
version: 2.5.0
task: regression
seed: 3
data:
  name: houses
  leave_out:
    - column: area
      above: 300
      reason: too large to be typical
target:
  column: price
  transform: log
features:
  number: [area, noise]
  integer: [rooms]
  category: [town]
  left_out:
    id: a number without meaning
preprocessing:
  - step: impute_category
    columns: town
  - step: ordered_encoding
    columns: town
  - step: impute_number
    columns: rooms
  - step: log
    columns: area
  - step: scale
model:
  family: lasso
  alpha: 0.02
evaluation:
  holdout_fraction: 0.25
  folds: 3
  bootstrap_samples: 100
"""


def write_table(folder: Path, n_rows: int = 240, **changes) -> Path:
    random = np.random.default_rng(5)
    area = random.uniform(50, 250, n_rows)
    area[::40] = 400.0
    rooms = pd.Series(random.integers(1, 9, n_rows)).astype("Int64").mask(pd.Series(np.arange(n_rows) % 17 == 0))
    town = random.choice(["Ames", "Boone", "Nevada"], n_rows)
    price = 1000 * area * (1 + (town == "Ames")) * 1.1 ** rooms.fillna(4).to_numpy(float)
    frame = pd.DataFrame(
        {"id": np.arange(n_rows), "area": area, "noise": random.normal(size=n_rows), "rooms": rooms, "town": town}
    ).assign(price=price)
    frame.loc[[7, 70], "price"] = np.nan
    path = folder / "houses.csv"
    frame.assign(**changes).to_csv(path, index=False)
    return path


def config_with(old: str, new: str) -> Config:
    assert old in TEXT
    return parse_config(TEXT.replace(old, new))


def test_a_training_saves_a_measured_model(tmp_path):
    stages: list[str] = []
    result = run_training(
        parse_config(TEXT), data_path=write_table(tmp_path), output=tmp_path / "out", report_progress=stages.append
    )
    manifest = result.manifest.content

    assert result.path == tmp_path / "out" / "houses_output_v2.5.0.manifest.json"
    assert manifest["metrics"]["holdout"]["metrics"]["rmsle"]["value"] == result.evaluation.get("rmsle").value < 0.2
    assert manifest["metrics"]["cross_validation"]["folds"] == 3
    assert len(manifest["metrics"]["cross_validation"]["metrics"]["rmsle"]["values"]) == 3
    assert stages[0] == "Loading the data"
    assert stages[-1] == "Saving the model"


def test_rows_that_were_left_out_are_counted_by_reason(tmp_path):
    result = run_training(parse_config(TEXT), data_path=write_table(tmp_path), output=tmp_path / "out")
    rows = result.manifest.content["rows"]

    assert rows["total"] == 240
    assert rows["left_out"]["the target is missing"] == 2
    assert 1 <= rows["left_out"]["too large to be typical"] <= 6
    # The holdout is never thinned: only training rows are left out.
    assert rows["train"] + rows["holdout"] + sum(rows["left_out"].values()) == 240
    assert rows["holdout"] == 60


def test_the_schema_holds_only_what_the_model_still_reads(tmp_path):
    """The Lasso sets the coefficient of a column of noise to zero; nobody has to send that column."""
    result = run_training(parse_config(TEXT), data_path=write_table(tmp_path), output=tmp_path / "out")
    artifact = load_pipeline(result.path)

    assert "noise" not in artifact.schema.names
    assert "noise" in artifact.schema.ignored
    assert {"area", "town"} <= set(artifact.schema.names)
    answer = make_prediction(input_data={"area": 100, "rooms": 4, "town": "Ames"}, artifact=artifact)
    # The law of the table has no noise; the penalty pulls the coefficients a little towards zero.
    assert answer["predictions"][0] == pytest.approx(200_000 * 1.1**4, rel=0.15)


def test_the_artifact_does_not_depend_on_where_and_how_it_was_trained(tmp_path):
    script = (
        "import sys; from pathlib import Path; from regression_model import *;"
        "r = run_training(load_config(sys.argv[1]), data_path=Path(sys.argv[2]), output=Path(sys.argv[3]));"
        "print(r.manifest.digest)"
    )
    digests = set()
    for seed, zone in (("0", "UTC"), ("77", "Asia/Tokyo")):
        folder = tmp_path / f"at {seed}"
        folder.mkdir()
        (folder / "config.yml").write_text(TEXT)
        command = [
            sys.executable,
            "-c",
            script,
            str(folder / "config.yml"),
            str(write_table(folder)),
            str(folder / "out"),
        ]
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)
        assert done.returncode == 0, done.stderr
        digests.add(done.stdout)

    assert len(digests) == 1


def test_the_manifest_names_no_place_and_no_time(tmp_path):
    result = run_training(parse_config(TEXT), data_path=write_table(tmp_path), output=tmp_path / "out")
    text = result.path.read_text()

    assert str(tmp_path) not in text
    assert str(Path.home()) not in text
    assert not re.search(r"\d{4}-\d{2}-\d{2}", text)


def test_the_golden_rows_are_repeated_by_the_loaded_model(tmp_path):
    result = run_training(parse_config(TEXT), data_path=write_table(tmp_path), output=tmp_path / "out")
    golden = result.manifest.content["golden_rows"]
    answer = make_prediction(input_data=golden["rows"], artifact=load_pipeline(result.path))

    assert len(golden["rows"]) == 10
    assert answer["predictions"] == golden["predictions"]
    assert all(isinstance(row["rooms"], int | None) for row in golden["rows"])


def test_a_classification_is_trained_and_predicts_labels(tmp_path):
    text = TEXT.replace("task: regression", "task: classification").replace("  transform: log\n", "")
    text = text.replace("family: lasso\n  alpha: 0.02", "family: logistic_regression")
    path = write_table(tmp_path)
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


def test_a_lookup_joins_a_pinned_table(tmp_path):
    towns = "town,people\nAmes,66000\nBoone,12000\nNevada,7000\n"
    (tmp_path / "towns.csv").write_text(towns)
    digest = hashlib.sha256(towns.encode()).hexdigest()
    text = TEXT.replace(
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
    artifact = load_pipeline(run_training(config, data_path=write_table(tmp_path), output=tmp_path / "out").path)

    rows = [{"area": 100, "rooms": 3, "town": town, "noise": 0} for town in ("Ames", "Boone", "Nevada")]
    prices = make_prediction(input_data=rows, artifact=artifact)["predictions"]
    people = artifact.pipeline.named_steps["01_lookup"].transform(pd.DataFrame(rows).astype({"town": object}))["people"]
    assert people.tolist() == [66_000, 12_000, 7_000]
    assert prices[0] > 1.5 * max(prices[1:])
    (tmp_path / "towns.csv").write_text(towns + "Slater,1500\n")
    with pytest.raises(DataError, match="the reference table 'towns'.*the config pins"):
        run_training(config, data_path=write_table(tmp_path), output=tmp_path / "out")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"price": "much"}, "column 'price' is the target of a regression.*240 are not.*row 1: 'much'"),
        ({"price": 0}, "'price' has 240 values of zero or below, which have no logarithm"),
        ({"price": 5}, "the same value in all rows"),
        ({"price": ""}, "0 rows with a value of 'price'"),
        ({"area": "large"}, "column 'area' is listed under 'features.number'.*row 1: 'large'"),
        ({"rooms": 2.5}, "each value has to be a whole number"),
    ],
)
def test_a_table_that_can_not_be_used_is_refused(tmp_path, changes, message):
    with pytest.raises(DataError, match=message):
        run_training(parse_config(TEXT), data_path=write_table(tmp_path, **changes), output=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_column_is_refused_with_a_suggestion(tmp_path):
    path = write_table(tmp_path)
    path.write_text(path.read_text().replace("rooms", "room"))

    with pytest.raises(DataError, match=r"no column 'rooms'.*as feature \(did you mean 'room'\?\); it has: id, area"):
        run_training(parse_config(TEXT), data_path=path)


def test_missing_values_that_nothing_handles_are_refused(tmp_path):
    config = config_with("  - step: impute_number\n    columns: rooms\n", "")

    with pytest.raises(
        TrainingError, match=r"missing values reach the model 'lasso'.*rooms \(\d+\); add 'impute_number'"
    ):
        run_training(config, data_path=write_table(tmp_path), output=tmp_path / "out")


def test_a_zero_before_a_logarithm_is_refused_in_training_and_in_a_request(tmp_path):
    config = parse_config(TEXT)
    path = write_table(tmp_path)

    artifact = load_pipeline(run_training(config, data_path=path, output=tmp_path / "out").path)
    answer = make_prediction(input_data={"area": 0, "rooms": 3, "town": "Ames", "noise": 0}, artifact=artifact)
    assert answer["predictions"] == [None]
    assert [error["reason"] for error in answer["errors"][0]] == ["not_positive"]

    frame = pd.read_csv(path)
    frame.loc[11, "area"] = 0
    frame.to_csv(path, index=False)
    with pytest.raises(
        DataError,
        match="'area' goes through a step that takes its logarithm, but 1 of its values.*row 12.*log_plus_one",
    ):
        run_training(config, data_path=path, output=tmp_path / "out")


def test_too_few_rows_for_the_rules_are_refused(tmp_path):
    config = config_with("      above: 300", "      above: 1")

    with pytest.raises(TrainingError, match="0 rows are left to train on after 'data.leave_out'"):
        run_training(config, data_path=write_table(tmp_path), output=tmp_path / "out")


def test_a_table_that_is_nowhere_is_an_error(tmp_path):
    with pytest.raises(DataNotFoundError, match="absent"):
        run_training(parse_config(TEXT), data_path=tmp_path / "absent.csv")


def test_the_published_model_trains_on_the_sample_and_says_that_it_is_synthetic(trained, artifact):
    content = trained.manifest.content

    assert content["data"]["synthetic"] is True
    assert content["metrics"]["holdout"]["metrics"]["r2"]["value"] > 0.7
    assert content["pipeline_name"] == "house_prices"
    json.dumps(artifact.example_row(), allow_nan=False)


def test_rules_with_the_same_reason_are_added_up(tmp_path):
    rules = "      reason: too large to be typical\n"
    twice = f"{rules}    - column: rooms\n      above: 7\n{rules}"
    rows = run_training(config_with(rules, twice), data_path=write_table(tmp_path), output=tmp_path / "out")
    one = run_training(parse_config(TEXT), data_path=write_table(tmp_path), output=tmp_path / "other")

    left_out = [result.manifest.content["rows"]["left_out"]["too large to be typical"] for result in (rows, one)]
    assert left_out[0] > left_out[1] > 0
    counted = rows.manifest.content["rows"]
    assert counted["train"] + counted["holdout"] + sum(counted["left_out"].values()) == counted["total"]


def test_a_second_training_in_a_repository_is_the_same_as_the_first(tmp_path):
    """What training writes beside the config is no change of the sources."""
    for command in (["init", "-q"], ["add", "config.yml"], ["commit", "-q", "-m", "config"]):
        (tmp_path / "config.yml").write_text(TEXT)
        identity = ["-c", "user.name=tester", "-c", "user.email=tester@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *identity, *command], check=True)
    config = parse_config(TEXT, file=tmp_path / "config.yml")
    path = write_table(tmp_path)
    first = run_training(config, data_path=path, output=tmp_path / "trained_models")
    second = run_training(config, data_path=path, output=tmp_path / "trained_models")

    assert first.manifest.content["git"]["dirty"] is False
    assert len(first.manifest.content["git"]["commit"]) == 40
    assert first.manifest.digest == second.manifest.digest


@pytest.mark.parametrize("row", range(6))  # some of them are in the holdout
def test_a_value_that_is_missing_in_any_row_is_refused_before_training(tmp_path, row):
    path = write_table(tmp_path)
    frame = pd.read_csv(path)
    frame.loc[row, "noise"] = np.nan
    frame.to_csv(path, index=False)

    with pytest.raises(TrainingError, match=r"noise \(1\); add 'impute_number'"):
        run_training(parse_config(TEXT), data_path=path, output=tmp_path / "out")


def test_what_has_no_result_in_the_holdout_is_an_error_of_training(tmp_path):
    text = TEXT.replace(
        "  - step: ordered_encoding\n",
        "  - step: ordinal_mapping\n    order: [Ames, Boone, Nevada]\n    unseen: error\n",
    )
    path = write_table(tmp_path)
    frame = pd.read_csv(path)
    frame.loc[frame.index % 20 == 0, "town"] = [f"Town {number}" for number in range(12)]
    frame.to_csv(path, index=False)

    with pytest.raises(TrainingError, match="pipeline can't be fitted|can't predict the held-out rows"):
        run_training(parse_config(text), data_path=path, output=tmp_path / "out")


def test_a_feature_without_any_value_is_refused_by_name(tmp_path):
    with pytest.raises(TrainingError, match="no row to train on has a value of: rooms"):
        run_training(parse_config(TEXT), data_path=write_table(tmp_path, rooms=""), output=tmp_path / "out")


def test_more_folds_than_the_rows_allow_are_refused(tmp_path):
    config = config_with("  folds: 3", "  folds: 50")

    with pytest.raises(TrainingError, match=r"'evaluation.folds' is 50, but there are 78 rows"):
        run_training(config, data_path=write_table(tmp_path, n_rows=80), output=tmp_path / "out")


def test_numbers_that_mean_missing_are_the_same_in_a_table_and_in_a_request(tmp_path):
    config = config_with("  name: houses\n", "  name: houses\n  missing_values: ['-999', '?']\n")
    path = write_table(tmp_path)
    frame = pd.read_csv(path)
    frame["rooms"] = frame["rooms"].fillna(-999)
    frame.to_csv(path, index=False)
    artifact = load_pipeline(run_training(config, data_path=path, output=tmp_path / "out").path)
    ways = [None, -999, -999.0, "-999", " -999.0", "?", ""]
    rows = [{"area": 100, "rooms": rooms, "town": "Ames", "noise": 0} for rooms in ways]

    assert artifact.schema["rooms"].minimum >= 1
    assert len(set(make_prediction(input_data=rows, artifact=artifact)["predictions"])) == 1
