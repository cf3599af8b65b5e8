from __future__ import annotations

import json
import shutil

import pytest

from regression_model.artifact import Manifest
from regression_model.cli.exit_codes import ExitCode
from regression_model.config import parse_config
from regression_model.processing.sample import load_sample_path
from regression_model.train_pipeline import run_training


@pytest.fixture(scope="module")
def moved(tmp_path_factory, small_config):
    """The folder of a version that predicts something else."""
    folder = tmp_path_factory.mktemp("moved")
    text = small_config.replace("alpha: 0.0001", "alpha: 0.01").replace("task:", "version: 9.0.0\ntask:")
    run_training(parse_config(text), sample=True, output=folder)
    return folder


def test_a_model_predicts_what_it_predicts(run, model):
    result = run("compare", model, model, "--data", load_sample_path())
    assert result.exit_code == ExitCode.OK
    assert "same model, to the byte" in result.stdout
    assert "within the tolerance" in result.stderr


def test_predictions_that_moved_are_shown_and_fail(run, model, moved):
    result = run("compare", model, moved, "--data", load_sample_path())
    assert result.exit_code == ExitCode.PREDICTIONS_MOVED
    assert "Moved most" in result.stdout
    assert "'Predictions change: <reason>'" in result.stderr
    assert "under 9.0.0" in result.stderr


def test_a_wider_tolerance_lets_them_pass(run, model, moved):
    assert run("compare", model, moved, "--tolerance", 1).exit_code == ExitCode.OK
    assert run("compare", model, moved, "--tolerance", 2).exit_code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("section", "code"),
    [("9.0.0", ExitCode.OK), ("8.0.0", ExitCode.PREDICTIONS_MOVED), ("Unreleased", ExitCode.PREDICTIONS_MOVED)],
)
def test_the_changelog_excuses_by_version(run, model, moved, tmp_path, section, code):
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(f"# Changelog\n\n## [{section}]\n\n- Predictions change: a stronger penalty\n")
    result = run("compare", model, moved, "--changelog", changelog)
    assert result.exit_code == code
    assert ("under 9.0.0: a stronger penalty" in result.stderr) == (code == ExitCode.OK)


def test_programs_get_json(run, model, moved, tmp_path):
    result = run("compare", model, moved, "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == ExitCode.PREDICTIONS_MOVED
    assert found["breaches"]
    assert found["acknowledged"] is None
    assert (found["new"]["version"], found["rows"][0]["n_moved"]) == ("9.0.0", 10)


def test_both_may_be_wheels(run, model, moved, pack_wheel, tmp_path):
    old, new = (pack_wheel(folder, tmp_path / f"{folder.name}.whl") for folder in (model, moved))
    assert run("compare", old, old).exit_code == ExitCode.OK
    result = run("compare", old, new, "--data", load_sample_path(), "--json")
    assert [rows["n_rows"] for rows in json.loads(result.stdout)["rows"]] == [10, 800]


def test_the_table_may_be_that_of_the_training(run, model, moved):
    result = run("compare", model, moved, "--training-data", "--json")
    assert [rows["source"] for rows in json.loads(result.stdout)["rows"]][1:] == ["rows of house_prices_sample.csv.gz"]
    assert run("compare", model, moved, "--training-data", "--data", load_sample_path()).exit_code == ExitCode.USAGE


def test_the_first_version_has_none_before_it(run, model):
    result = run("compare", "none", model)
    assert result.exit_code == ExitCode.OK
    assert "There is no version before" in result.stderr
    assert json.loads(run("compare", "none", model, "--json").stdout)["old"] is None


@pytest.mark.parametrize("missing", ["old", "new"])
def test_a_version_that_is_not_there_is_no_first_version(run, model, tmp_path, missing):
    pair = [tmp_path / "nothing", model] if missing == "old" else ["none", tmp_path / "nothing.whl"]
    assert run("compare", *pair).exit_code == ExitCode.ARTIFACT


def test_a_table_that_neither_answers_is_no_success(run, model, tmp_path):
    table = tmp_path / "wrong.csv"
    table.write_text("foo,bar\n1,2\n3,4\n")
    result = run("compare", model, model, "--data", table)
    assert result.exit_code == ExitCode.INPUT
    assert "neither version answers any of the 2 rows of wrong.csv" in " ".join(result.stderr.split())


def test_an_old_version_that_can_not_predict_the_table_is_no_success(run, model, tmp_path):
    old = shutil.copytree(model, tmp_path / "old")
    path = next(old.glob("*.manifest.json"))
    content = json.loads(path.read_bytes())
    files = {"pipeline": content["files"]["pipeline"]}
    path.write_bytes(Manifest.seal({**content, "files": files, "compiled": False}).to_bytes())
    result = run("compare", old, model, "--data", load_sample_path())
    assert result.exit_code == ExitCode.PREDICTIONS_MOVED
    assert "was not compared: of the old version, it has no compiled form" in " ".join(result.stderr.split())
    assert run("compare", old, model).exit_code == ExitCode.OK


def test_a_broken_wheel_is_no_defect_of_the_program(run, model, pack_wheel, tmp_path):
    wheel = pack_wheel(model, tmp_path / "houses.whl")
    data = bytearray(wheel.read_bytes())
    data[len(data) // 3 : len(data) // 3 + 64] = bytes(64)
    wheel.write_bytes(data)
    result = run("compare", wheel, model)
    assert result.exit_code == ExitCode.ARTIFACT, result.stderr
