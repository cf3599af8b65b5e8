from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from regression_model.config import parse_config
from regression_model.errors import ConfigError, DataError, TrainingError, WorkerError
from regression_model.evaluation import evaluate_predictions
from regression_model.execution import TaskContext
from regression_model.search.arrays import decode_array
from regression_model.search.material import Source, load_material
from regression_model.search.trial import run_holdout, run_trial
from regression_model.train_pipeline import run_training

CLASSES = """
pipeline_name: classes
task: classification
seed: 3
data:
  name: classes
target:
  column: y
features:
  number: [a, b]
model:
  family: logistic_regression
evaluation:
  bootstrap_samples: 100
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Two columns, and which of three classes their sum is in; class ``c`` is rare."""
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, 240))
    labels = np.where(a + b > 2.0, "c", np.where(a + b > 0.0, "b", "a"))
    path = tmp_path_factory.mktemp("table") / "classes.csv"
    path.write_text("a,b,y\n" + "".join(f"{x},{z},{y}\n" for x, z, y in zip(a, b, labels, strict=True)))
    return path


@pytest.fixture(scope="module")
def classes(table):
    return load_material(Source(parse_config(CLASSES), table, folds=4))


@pytest.fixture(scope="module")
def houses(make_job, tmp_path_factory):
    return load_material(make_job(tmp_path_factory.mktemp("runs")).source)


def run(material, **changes):
    told = []
    found = run_trial({"changes": changes, "table": material.provenance.sha256}, TaskContext(material, told.append))
    return found, told


def test_each_row_is_predicted_by_a_model_that_has_not_seen_it(houses):
    found, told = run(houses)
    predictions = decode_array(found["predictions"])
    assert predictions.shape == (len(houses.split.train),)
    measured = evaluate_predictions("regression", houses.split.train_target, predictions, n_bootstrap=0)
    assert found["score"] == measured.get("rmse").value == found["metrics"]["rmse"]
    assert found["interval"][0] < found["score"] < found["interval"][1]
    assert len(found["fold_scores"]) == 3
    assert found["compiled"]
    assert found["latency_ms"] > 0
    assert found["size_bytes"] > 100
    assert [(each["fold"], each["folds"]) for each in told] == [(number, 3) for number in range(4)]
    assert told[0]["fit_time_s"] == 0.0 < told[1]["fit_time_s"] <= told[3]["fit_time_s"]
    again, _ = run(houses)
    measured_anew = ("fit_time_s", "latency_ms")
    assert {k: v for k, v in found.items() if k not in measured_anew} == {
        k: v for k, v in again.items() if k not in measured_anew
    }


def test_probabilities_stand_in_the_order_of_the_scorer(classes):
    found, _ = run(classes, model={"family": "logistic_regression", "C": 10.0})
    shares = decode_array(found["predictions"])
    assert classes.scorer.metric == "log_loss"
    assert shares.shape == (len(classes.target), 3)
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert found["score"] == pytest.approx(classes.scorer.find_score(classes.target, shares))
    labels = np.asarray(classes.scorer.classes)[shares.argmax(axis=1)]
    assert (labels == classes.target).mean() > 0.85
    assert found["metrics"]["accuracy"] == pytest.approx((labels == classes.target).mean())


def test_of_two_classes_the_rarer_one_is_the_positive_one_and_the_second_column(table, tmp_path):
    text = table.read_text().replace(",c\n", ",b\n").replace(",a\n", ",zz\n")
    path = tmp_path / "two.csv"
    path.write_text(text)
    material = load_material(Source(parse_config(CLASSES), path, folds=3, metric="AUC_weighted"))
    counts = material.split.train_target.value_counts()
    assert material.scorer.classes[1] == counts.idxmin()
    found, _ = run(material)
    assert found["score"] > 0.9


def test_a_model_without_a_compiled_form_is_measured_too(classes):
    found, _ = run(classes, model={"family": "knn", "n_neighbors": 5}, preprocessing=[{"step": "scale"}])
    assert not found["compiled"]
    assert found["latency_ms"] > 0
    assert found["size_bytes"] > 100


def test_the_holdout_is_measured_as_a_training_measures_it(classes, table, tmp_path):
    found = run_holdout({"changes": {}, "table": classes.provenance.sha256}, TaskContext(classes, print))
    trained = run_training(classes.config, data_path=table, output=tmp_path)
    assert found["score"] == pytest.approx(trained.evaluation.get("log_loss").value, rel=1e-12)
    found = found["evaluation"]
    assert found["n_rows"] == trained.evaluation.n_rows
    assert found["metrics"]["log_loss"]["value"] == pytest.approx(trained.evaluation.get("log_loss").value, rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"model": {"family": "ridge"}, "preprocessing": []}, ConfigError, "is still a category"),
        ({"model": {"family": "rigde"}}, ConfigError, "did you mean 'ridge'"),
        (
            {
                "preprocessing": [
                    {"step": "ordered_encoding", "columns": ["Neighborhood"]},
                    {"step": "log", "columns": ["LotArea"]},
                ]
            },
            TrainingError,
            "can't be fitted",
        ),
    ],
)
def test_what_can_not_be_fitted_is_refused(houses, changes, kind, message):
    broken = replace(houses, split=replace(houses.split, train=houses.split.train.assign(LotArea=-1.0)))
    with pytest.raises(kind, match=message):
        run(broken, **changes)


def test_a_worker_that_has_another_table_refuses(classes):
    for task in (run_trial, run_holdout):
        with pytest.raises(WorkerError, match="is another one than that of the search"):
            task({"changes": {}, "table": "0" * 64}, TaskContext(classes, print))


def test_a_metric_that_is_not_defined_is_said_so(houses):
    scorer = replace(houses.scorer, metric="rmsle")
    below = replace(houses.scored, target=-houses.scored.target, frame=houses.split.train)
    split = replace(houses.split, train_target=houses.split.train_target)
    with pytest.raises(TrainingError, match="'rmsle' is not defined for these rows"):
        run(replace(houses, scorer=scorer, scored=below, split=split), target={"transform": "none"})


def test_predictions_that_are_too_large_to_be_measured_are_not_blamed_on_the_metric(houses):
    learned = replace(houses.split, train_target=houses.split.train_target * 1e200)
    everything = np.arange(len(houses.target))
    scored = replace(houses.scored, frame=houses.scored.frame.copy())
    wild = replace(houses, split=learned, scored=scored, folds=((everything, everything),))
    with pytest.raises(TrainingError, match=r"predictions reach .*e\+20\d, where the target reaches .*wildly"):
        run(wild, target={"transform": "none"})


def test_memory_that_runs_out_while_a_model_is_compiled_is_no_model_without_a_compiled_form(houses, monkeypatch):
    def run_out(*_arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr("regression_model.search.footprint.compile_pipeline", run_out)
    with pytest.raises(MemoryError):
        run(houses)


def test_a_validation_table_takes_the_place_of_the_folds(classes, table):
    material = load_material(Source(classes.config, table, validation=table))
    assert len(material.folds) == 1
    assert material.growth == 1.0
    found, _ = run(material)
    assert decode_array(found["predictions"]).shape == (240, 3)


def test_a_validation_table_without_the_columns_is_refused(classes, table, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a,y\n1,a\n")
    with pytest.raises(DataError, match="no column 'b'"):
        load_material(Source(classes.config, table, validation=other))


def test_material_survives_the_way_to_another_process(classes, table):
    source = Source(classes.config, table, folds=4, metric="accuracy")
    again = Source.from_json(source.to_json())
    assert again == replace(source, data_path=table.absolute())
    found = load_material(again)
    assert all(np.array_equal(one, two) for one, two in zip(found.folds[0], classes.folds[0], strict=True))
