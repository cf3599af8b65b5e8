from __future__ import annotations

import json
import shutil

from regression_model import make_prediction
from regression_model.artifact import load_pipeline
from regression_model.cli.exit_codes import ExitCode


def test_people_see_version_data_metrics_and_features(run, model):
    said = run("info", "--artifact", model).stdout
    loaded = load_pipeline(model)
    for part in (loaded.version, loaded.digest, "regression of SalePrice in USD", "synthetic", "RMSLE", "scikit-learn"):
        assert part in said
    assert "its compiled form" in said
    assert "Reads 5 features" in said
    assert "From 1 to 10" in said


def test_programs_get_the_manifest(run, model):
    result = run("info", "--artifact", model, "--json")
    assert json.loads(result.stdout) == dict(load_pipeline(model).manifest.content)


def test_the_example_row_can_be_predicted(run, model):
    row = json.loads(run("info", "--artifact", model, "--example-row").stdout)
    answer = make_prediction(input_data=row, artifact=load_pipeline(model))
    assert answer["errors"] == {}


def test_a_changed_file_is_refused(run, model, tmp_path):
    copy = shutil.copytree(model, tmp_path / "copy")
    pipeline = next(copy.glob("*.joblib"))
    content = bytearray(pipeline.read_bytes())
    content[100] ^= 1
    pipeline.write_bytes(content)

    result = run("info", "--artifact", copy)

    assert result.exit_code == ExitCode.ARTIFACT
    assert "was changed after it was saved" in result.stderr


def test_two_models_in_a_folder_have_to_be_told_apart(run, model, tmp_path):
    copy = shutil.copytree(model, tmp_path / "copy")
    manifest = next(copy.glob("*.manifest.json"))
    shutil.copy(manifest, copy / "other.manifest.json")
    assert "holds 2 models" in run("info", "--artifact", copy).stderr
    assert run("info", "--artifact", manifest).exit_code == 0


def test_json_and_example_row_exclude_each_other(run, model):
    assert run("info", "--artifact", model, "--json", "--example-row").exit_code == ExitCode.USAGE
