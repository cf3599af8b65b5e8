from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from regression_model.artifact import load_pipeline
from regression_model.cli.exit_codes import ExitCode
from regression_model.processing.sample import load_sample_path


@pytest.fixture
def sample():
    return pd.read_csv(load_sample_path(), dtype=str, keep_default_na=False)


def test_the_training_table_gives_the_recorded_metrics_of_the_holdout(run, model):
    result = run("evaluate", "--artifact", model, "--sample", "--metrics-only", "--json")
    assert result.exit_code == 0, result.stderr
    assert "held-out rows" in result.stderr
    recorded = load_pipeline(model).manifest.content["metrics"]["holdout"]
    assert json.loads(result.stdout) == recorded


def test_another_table_is_measured_on_all_rows_and_said_to_be_another(run, model, sample, tmp_path):
    sample = sample.drop(columns=["Alley"])  # the model does not read it
    sample.loc[0, "SalePrice"] = ""
    sample.loc[1, "LotArea"] = ""
    sample.head(100).to_csv(tmp_path / "other.csv", index=False)
    result = run("evaluate", "-a", model, "--data", tmp_path / "other.csv", "--metrics-only", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["n_rows"] == 98
    assert "98 rows of another table" in result.stderr
    assert "This is not the table of the training" in result.stderr
    assert "1 rows not measured: the target is missing" in result.stderr
    assert "1 rows not measured: LotArea: missing_value" in result.stderr


def test_a_table_without_the_target_is_said_so(run, model, sample, tmp_path):
    sample.drop(columns="SalePrice").to_csv(tmp_path / "other.csv", index=False)
    result = run("evaluate", "-a", model, "--data", tmp_path / "other.csv", "--metrics-only")
    assert result.exit_code == ExitCode.DATA
    assert "no column 'SalePrice'" in result.stderr


def test_a_table_of_which_no_row_can_be_measured_is_said_so(run, model, sample, tmp_path):
    sample.assign(LotArea="").head(50).to_csv(tmp_path / "other.csv", index=False)
    result = run("evaluate", "-a", model, "--data", tmp_path / "other.csv", "--metrics-only")
    assert result.exit_code == ExitCode.DATA
    assert "the model refuses all 50 rows" in result.stderr


def test_report_and_card_are_written_beside_the_model(run, model, tmp_path):
    copy = shutil.copytree(model, tmp_path / "model")
    result = run("evaluate", "--artifact", copy, "--sample")
    assert result.exit_code == 0, result.stderr
    version = load_pipeline(copy).version
    report, card = (copy / f"houses_v{version}_{end}" for end in ("report.html", "model_card.md"))
    assert result.stdout.splitlines() == [str(report), str(card)]
    page = report.read_text(encoding="utf-8")
    for section in ("Permutation importance", "Learning curve", "Error by segment"):
        assert section in page
    assert card.read_text(encoding="utf-8").startswith("# Model card: houses")


def test_report_and_card_can_go_elsewhere_without_learning_curve(run, model, tmp_path):
    report, card = tmp_path / "r.html", tmp_path / "c.md"
    result = run("evaluate", "-a", model, "--sample", "--report", report, "--card", card, "--no-learning-curve")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [str(report), str(card)]
    assert "Learning curve" not in report.read_text(encoding="utf-8")


def test_a_folder_that_is_not_there_is_said_so(run, model, tmp_path):
    report = tmp_path / "nowhere" / "r.html"
    result = run("evaluate", "-a", model, "--sample", "--no-learning-curve", "--report", report)
    assert result.exit_code == ExitCode.FILE
    assert "No such file or directory" in result.stderr


def test_without_matplotlib_the_extra_is_named_before_any_work(run, model, monkeypatch):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "matplotlib" else real(name, *rest)
    )
    result = run("evaluate", "-a", model, "--sample")
    assert result.exit_code == ExitCode.MISSING_EXTRA
    assert "pip install 'regression-model[report]'" in result.stderr
    assert "Measuring" not in result.stderr


def test_a_table_and_the_sample_exclude_each_other(run, model):
    assert run("evaluate", "-a", model, "--data", "x.csv", "--sample").exit_code == ExitCode.USAGE


def test_a_classification_is_measured_and_reported(run, tmp_path):
    table = tmp_path / "colours.csv"
    rows = (f"{(n * 37) % 101},{'red' if (n * 37) % 101 + n % 7 > 55 else 'blue'}" for n in range(200))
    table.write_text("\n".join(["x,colour", *rows]), encoding="utf-8")
    config = tmp_path / "colours.yml"
    config.write_text(
        "pipeline_name: colours\ntask: classification\ndata:\n  name: colours\ntarget:\n  column: colour\n"
        "features:\n  number: [x]\nmodel:\n  family: logistic_regression\nevaluation:\n  bootstrap_samples: 100\n",
        encoding="utf-8",
    )
    assert run("train", "-c", config, "--data", table, "-o", tmp_path / "model").exit_code == 0
    result = run("evaluate", "-a", tmp_path / "model", "--data", table)
    assert result.exit_code == 0, result.stderr
    assert "ROC" in next((tmp_path / "model").glob("*_report.html")).read_text(encoding="utf-8")
