from __future__ import annotations

import json
from pathlib import Path

from regression_model.artifact import load_pipeline
from regression_model.cli.exit_codes import ExitCode
from regression_model.errors import NotLowerableError
from regression_model.train_pipeline import run_training


def test_a_model_is_trained_and_its_manifest_is_named_on_stdout(run, config, tmp_path):
    result = run("train", "--config", config, "--sample", "--output", tmp_path / "model")

    assert result.exit_code == 0, result.stderr
    path = Path(result.stdout.removesuffix("\n"))
    assert path.parent == tmp_path / "model"
    assert load_pipeline(path).manifest.pipeline_name == "houses"


def test_people_are_told_stages_metrics_rows_and_what_is_next(run, config, tmp_path):
    said = run("train", "-c", config, "--sample", "-o", tmp_path / "my model").stderr

    for stage in ("Loading the data", "Cross-validating, fold 3 of 3", "Compiling the model", "Saving the model"):
        assert f"done  {stage}" in said
    assert "Predicts by its compiled form" in said
    assert "synthetic" in said
    assert "95% interval" in said
    assert "Cross-validation, 3 folds" in said
    assert "RMSLE" in said
    assert "left out: too large to be typical" in said
    assert f"regression-model predict NEW.csv -o PREDICTIONS.csv --artifact '{tmp_path / 'my model'}'" in said


def test_people_are_told_which_step_keeps_a_model_from_being_compiled(run, config, tmp_path, monkeypatch):
    def refuse(*_arguments):
        raise NotLowerableError("log", "there is no lowering of Logarithm")

    # In this process, so that the change is seen there.
    monkeypatch.setattr("regression_model.train_pipeline.run_training_isolated", run_training)
    monkeypatch.setattr("regression_model.train_pipeline.compiling.compile_pipeline", refuse)
    said = run("train", "-c", config, "--sample", "-o", tmp_path, "--no-cross-validation").stderr
    why = "its scikit-learn pipeline, because it can not be compiled: log: there is no lowering of Logarithm"
    assert f"Predicts by {why}" in said
    assert why in " ".join(run("info", "--artifact", tmp_path).stdout.split())


def test_the_cross_validation_can_be_left_out(run, config, tmp_path):
    result = run("train", "-c", config, "--sample", "-o", tmp_path / "model", "--no-cross-validation")
    assert "Cross-validat" not in result.stderr
    assert json.loads(Path(result.stdout.strip()).read_text(encoding="utf-8"))["metrics"]["cross_validation"] is None


def test_the_default_folder_is_in_the_working_folder_and_is_found_again(run, config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("train", "-c", config, "--sample").exit_code == 0
    assert run("info", "--json").stderr == "model houses 0.1.0 from trained_models\n".replace(
        "0.1.0", load_pipeline("trained_models").version
    )


def test_a_broken_configuration_is_said_with_its_line(run, config, tmp_path):
    config.write_text(config.read_text(encoding="utf-8").replace("alpha:", "alhpa:"), encoding="utf-8")
    result = run("train", "-c", config, "--sample", "-o", tmp_path / "model")
    assert result.exit_code == ExitCode.CONFIG
    assert "houses.yml:28: model.alhpa:" in result.stderr
    assert "did you mean 'alpha'" in result.stderr
    assert not (tmp_path / "model").exists()


def test_a_table_that_is_not_there_is_said_so(run, config, tmp_path):
    result = run("train", "-c", config, "--data", tmp_path / "nothing.csv")
    assert result.exit_code == ExitCode.DATA
    assert "done  Loading" not in result.stderr, "a stage that failed is not done"


def test_a_table_and_the_sample_exclude_each_other(run, config):
    result = run("train", "-c", config, "--data", "x.csv", "--sample")
    assert result.exit_code == ExitCode.USAGE


def test_a_model_that_can_not_be_saved_is_said_so(run, config, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run("train", "-c", config, "--sample", "--no-cross-validation", "-o", tmp_path / "file" / "model")
    assert result.exit_code == ExitCode.ARTIFACT
    assert "can't be written" in result.stderr
