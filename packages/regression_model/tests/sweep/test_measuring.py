"""One run: measured after each interval as the finished model would be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from regression_model.config import Config, parse_config
from regression_model.errors import TrainingError
from regression_model.execution import TaskContext
from regression_model.families.registry import model_families
from regression_model.pipeline import predict_frame
from regression_model.sweep.measuring import (
    Material,
    describe_job,
    fit_watched,
    load_material,
    measure,
    measure_holdout,
    prepare,
)
from regression_model.train_pipeline import run_training
from regression_model.train_pipeline.fitting import fit_pipeline
from regression_model.train_pipeline.job import TrainingJob


def load(text: str, flats: Any, metric: str) -> Material:
    return load_material(TrainingJob(parse_config(text), flats), metric, 0.2)


def replace_section(text: str, begin: str, end: str, new: str) -> str:
    return text[: text.index(begin)] + new + text[text.index(end) :]


def run_all(config: Config, material: Material) -> list[Any]:
    told: list[Any] = []

    def watch(interval: int, answers: Any) -> bool:
        assert interval == len(told) + 1
        told.append(np.array(answers))
        return True

    fit_watched(config, material, watch)
    return told


def test_the_holdout_is_in_no_part(sweep_text, flats):
    material = load(sweep_text, flats, "mae")
    assert (len(material.split.train), len(material.split.test)) == (192, 48)  # of 240 that are not held out


@pytest.mark.parametrize("transform", ["none", "log"])
@pytest.mark.parametrize("early_stopping", ["yes", "no"])
def test_the_last_interval_is_the_model_that_a_training_gives(sweep_text, flats, transform, early_stopping):
    text = sweep_text.replace("  column: price\n", f"  column: price\n  transform: {transform}\n")
    text = text.replace("  epochs: 4\n", f"  epochs: 4\n  early_stopping: {early_stopping}\n")
    material = load(text, flats, "mae")
    answers = run_all(material.config, material)
    assert len(answers) == 4
    fitted = fit_pipeline(material.split, material.config, {})
    np.testing.assert_allclose(answers[-1], predict_frame(fitted, material.split.test).predictions, rtol=1e-12)


def test_a_run_keeps_groups_together_as_a_training_does(sweep_text, flats, tmp_path):
    pd.read_csv(flats).assign(block=np.arange(300) // 15).to_csv(tmp_path / "flats.csv", index=False)
    text = sweep_text.replace("evaluation:\n", "evaluation:\n  groups: block\n")
    material = load(text, tmp_path / "flats.csv", "mae")
    last = run_all(material.config, material)[-1]
    fitted = fit_pipeline(material.split, material.config, {})
    np.testing.assert_allclose(last, predict_frame(fitted, material.split.test).predictions, rtol=1e-12)
    # A network keeps rows aside: whole groups, or it learns something else.
    without = replace(material, split=replace(material.split, train_groups=None))
    assert not np.array_equal(run_all(material.config, without)[-1], last)


def test_classes_are_measured_by_their_probabilities(class_text, flats):
    material = load(class_text, flats, "AUC_weighted")
    answers = run_all(material.config, material)
    fitted = fit_pipeline(material.split, material.config, {})
    outputs = predict_frame(fitted, material.split.test)
    np.testing.assert_allclose(answers[-1], outputs.probabilities, rtol=1e-12)
    # Far above a coin's 0.5: the probabilities belong to the classes that they are taken for.
    assert material.find_value(answers[-1]) > 0.8


INTERVALS = {
    "mlp": "  epochs: 5\n",
    "keras_mlp": "  epochs: 5\n  dropout: 0.1\n",
    "catboost": "  iterations: 5\n",
    "hist_gradient_boosting": "  max_iter: 5\n  max_features: 0.5\n",
    "lightgbm": "  n_estimators: 5\n  subsample: 0.7\n",
    "xgboost": "  n_estimators: 5\n  subsample: 0.7\n",
}


def mark(name: str) -> Any:
    heavy = model_families()[name].extra not in (None, "lightgbm")
    return pytest.param(name, marks=pytest.mark.heavy if heavy else ())


@pytest.mark.parametrize("task", ["regression", "classification"])
@pytest.mark.parametrize("name", [mark(name) for name in INTERVALS])
def test_every_family_with_intervals_tells_of_each(name, task, sweep_text, class_text, flats):
    text = sweep_text if task == "regression" else class_text
    text = replace_section(text, "model:", "evaluation:", f"model:\n  family: {name}\n{INTERVALS[name]}")
    text = replace_section(text, "sweep:", "sweep:", "")[: text.index("sweep:")]
    material = load(text, flats, "mae" if task == "regression" else "log_loss")
    answers = run_all(material.config, material)
    assert len(answers) == 5
    outputs = predict_frame(fit_pipeline(material.split, material.config, {}), material.split.test)
    last = outputs.predictions if task == "regression" else outputs.probabilities
    np.testing.assert_allclose(answers[-1], last, rtol=1e-6)  # XGBoost sums up in single precision
    assert np.abs(answers[0] - answers[-1]).max() > 0


@pytest.mark.parametrize("name", [mark(name) for name in INTERVALS])
def test_a_fit_ends_when_it_is_told_to(name, sweep_text, flats):
    text = replace_section(sweep_text, "model:", "evaluation:", f"model:\n  family: {name}\n{INTERVALS[name]}")
    text = text[: text.index("sweep:")]
    material = load(text, flats, "mae")
    told: list[int] = []

    def watch(interval: int, answers: Any) -> bool:
        del answers
        told.append(interval)
        return interval < 2

    fit_watched(material.config, material, watch)
    assert told == [1, 2]


def test_a_family_without_intervals_has_one(sweep_text, flats):
    text = replace_section(sweep_text, "model:", "evaluation:", "model:\n  family: ridge\n")
    material = load(text[: text.index("sweep:")], flats, "mae")
    (answers,) = run_all(material.config, material)
    assert material.find_value(answers) < 20


def test_what_a_worker_does(sweep_text, flats):
    job = TrainingJob(parse_config(sweep_text), flats)
    state = prepare({"job": describe_job(job), "metric": "mae", "validation_fraction": 0.25})
    told: list[Any] = []
    payload = {
        "changes": {"model": {"family": "mlp", "epochs": 4, "hidden_layers": [4]}},
        "policy": {"type": "bandit", "slack_amount": 1.0, "evaluation_interval": 2},
        "goal": "minimize",
        "earlier": [[2.0, 1.0, None]],
    }
    found = measure(payload, TaskContext(state, told.append))
    assert [event["interval"] for event in told] == [1, 2]
    assert found["values"] == [event["value"] for event in told]
    assert (found["verdict"]["interval"], found["verdict"]["bar"]) == (2, 2.0)
    assert found["fit_time_s"] > 0


def test_a_saved_model_is_measured_on_the_holdout_by_any_metric(class_text, flats, tmp_path):
    text = replace_section(class_text, "model:", "evaluation:", "model:\n  family: logistic_regression\n")
    job = TrainingJob(parse_config(text[: text.index("sweep:")]), flats, output=tmp_path)
    trained = run_training(job.config, data_path=flats, output=tmp_path)
    payload = {"job": describe_job(job), "metric": "log_loss", "manifest": str(trained.path)}
    context = TaskContext(None, lambda told: None)
    assert measure_holdout(payload, context) == pytest.approx(trained.evaluation.get("log_loss").value)
    listed = {found.name for found in trained.evaluation.metrics}
    assert "norm_macro_recall" not in listed
    assert 0.5 < measure_holdout({**payload, "metric": "norm_macro_recall"}, context) <= 1


def test_a_pipeline_that_can_not_be_fitted_says_why(sweep_text, flats):
    text = sweep_text.replace("- step: impute_number\n  columns: distance\n", "- step: scale\n  columns: area\n")
    material = load(text, flats, "mae")
    with pytest.raises(TrainingError, match=r"missing values reach the model 'mlp'"):
        fit_watched(material.config, material, lambda interval, answers: True)


def test_answers_that_are_not_finite_have_no_value(sweep_text, flats):
    material = load(sweep_text, flats, "mae")
    assert np.isnan(material.find_value(np.full(48, np.inf)))
