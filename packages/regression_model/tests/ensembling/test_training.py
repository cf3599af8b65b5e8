"""A training of an ensemble, from the table to the artifact."""

from __future__ import annotations

import pytest

from regression_model.config import load_config
from regression_model.errors import TrainingError
from regression_model.evaluation.model_card import build_model_card
from regression_model.train_pipeline import run_training
from regression_model.train_pipeline.job import TrainingJob
from regression_model.train_pipeline.training import execute

from .conftest import CLASS_LINE, FOREST, LINE, TREES, build_flats

BOOSTER = {**TREES, "name": "booster", "model": {"family": "lightgbm", "n_estimators": 9}}
VOTE = {"family": "vote", "members": [{**LINE, "weight": 1}, {**TREES, "weight": 2}, {**BOOSTER, "weight": 1}]}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("flats") / "flats.csv"
    build_flats().to_csv(path, index=False)
    return path


def test_the_manifest_says_what_an_ensemble_is_made_of(make_config, table, tmp_path):
    manifest = run_training(make_config(VOTE), data_path=table, output=tmp_path).manifest.content

    described = manifest["ensemble"]
    assert described["kind"] == manifest["model"]["family"] == "vote"
    assert [(member["name"], member["weight"]) for member in described["members"]] == [
        ("line", 0.25),
        ("trees", 0.5),
        ("booster", 0.25),
    ]
    assert described["members"][1]["parameters"]["max_iter"] == 8
    assert [step["step"] for step in described["members"][0]["preprocessing"]] == ["impute_number", "one_hot", "scale"]
    assert "lightgbm" in manifest["libraries"]
    assert "compiled_reason" not in manifest
    card = build_model_card(manifest)
    assert "## Members" in card
    assert "vote of line (ridge, 25%), trees (hist_gradient_boosting, 50%), booster (lightgbm, 25%)" in card


def test_a_stack_says_its_folds_and_final_model(make_config, table, tmp_path):
    model = {"family": "stack", "folds": 3, "members": [LINE, FOREST]}
    manifest = run_training(make_config(model), data_path=table, output=tmp_path).manifest.content

    assert manifest["model"]["parameters"] == {"folds": 3}
    assert manifest["ensemble"]["final"] == {"family": "non_negative_least_squares", "parameters": {}}
    assert "weight" not in manifest["ensemble"]["members"][0]


def test_threads_change_no_byte_of_the_artifact(make_config, table, tmp_path):
    files = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        job = TrainingJob(make_config(VOTE, transform="log"), table, output=folder, member_threads=number)
        execute(TrainingJob.from_json(job.to_json()), report_progress=lambda text: None)
        files.append({path.name: path.read_bytes() for path in folder.iterdir()})

    assert files[0] == files[1]
    assert len(files[0]) == 6  # manifest, pipeline, three of the compiled form, the lock


def test_missing_values_that_a_member_can_not_take_name_it(make_config, table, tmp_path):
    bare = {**LINE, "preprocessing": LINE["preprocessing"][1:]}
    config = make_config({"family": "vote", "members": [TREES, bare]})

    with pytest.raises(TrainingError, match=r"reach the model 'line'.*area.*'model.members.1.preprocessing'"):
        run_training(config, data_path=table, output=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["california_housing", "bank_marketing"])
def test_a_vote_on_a_real_table(name, real_data, tmp_path):
    config = load_config(name)
    line = CLASS_LINE if config.task == "classification" else LINE
    members = [
        {"name": "first", "preprocessing": [], "model": {"family": "lightgbm", "n_estimators": 30}},
        {"name": "second", "preprocessing": line["preprocessing"][2:], "model": line["model"]},
    ]
    model = {"family": "vote", "members": members}
    config = type(config).model_validate(
        {**config.model_dump(mode="json"), "model": model}, context={"file": config.file}
    )

    manifest = run_training(config, data_path=real_data(f"{name}.csv"), output=tmp_path).manifest.content

    assert "compiled_reason" not in manifest
