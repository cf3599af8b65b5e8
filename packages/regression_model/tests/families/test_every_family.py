"""What every model family promises, checked for all of them."""

from __future__ import annotations

import inspect
import pickle
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError, MissingExtraError
from regression_model.families.registry import model_families

N_ROWS = 240
FEW: dict[str, dict[str, Any]] = {  # as the file says it: text
    "catboost": {"iterations": "40", "depth": "4"},
    "extra_trees": {"n_estimators": "5"},
    "hist_gradient_boosting": {"max_iter": "5"},
    "keras_mlp": {"epochs": "30", "learning_rate": "0.01"},
    "lightgbm": {"n_estimators": "20", "subsample": "0.8", "colsample_bytree": "0.7"},
    "mlp": {"epochs": "30", "learning_rate": "0.01"},
    "random_forest": {"n_estimators": "5"},
    "xgboost": {"n_estimators": "30", "subsample": "0.8", "colsample_bytree": "0.7"},
}
UNWEIGHED = {"knn", "mlp", "keras_mlp"}  # their libraries take no weights of rows
ONLY_OF_A_TASK = {"class_weight", "loss", "loss_function", "objective"}


def make(name: str, **parameters: Any) -> Any:
    return model_families()[name].model_validate({"family": name, **FEW.get(name, {}), **parameters})


def build(name: str, task: str, seed: int = 3, **parameters: Any) -> Any:
    return make(name, **parameters).build(BuildContext(task=task, seed=seed))


def build_data(task: str, *, missing: bool = False) -> tuple[pd.DataFrame, Any]:
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(
        generator.normal(size=(N_ROWS, 4)), columns=["area", "1stFlrSF", "zone_C (all)", 'odd [x]: {"y"}, z']
    )
    target = 2 * frame["area"] - frame["1stFlrSF"] + generator.normal(size=N_ROWS) / 10
    if missing:
        frame = frame.mask(generator.random(frame.shape) < 0.1)
    if task == "regression":
        return frame, target
    return frame, np.where(target > 1, "high", np.where(target < -1, "low", "middle"))


def mark(name: str, *others: str) -> Any:
    heavy = model_families()[name].extra not in (None, "lightgbm")
    return pytest.param(name, *others, marks=pytest.mark.heavy if heavy else ())


each_family = pytest.mark.parametrize("name", model_families())
each_family_and_task = pytest.mark.parametrize(
    ("name", "task"), [mark(name, task) for name, family in model_families().items() for task in family.tasks]
)


@each_family_and_task
def test_learns(name, task):
    frame, target = build_data(task)
    model = build(name, task).fit(frame, target)
    # Not a measure of quality: far above what guessing the mean or the commonest class scores (0 and 0.5).
    assert model.score(frame, target) > (0.6 if task == "classification" else 0.4)
    answer = model.predict(frame.head(7))
    assert answer.shape == (7,)
    if task == "classification":
        assert list(model.classes_) == ["high", "low", "middle"]
        np.testing.assert_allclose(model.predict_proba(frame).sum(axis=1), 1.0)


@each_family_and_task
def test_two_classes(name, task):
    if task == "regression":
        return
    frame, _ = build_data(task)
    target = np.where(frame["area"] > 0, "yes", "no")
    model = build(name, task).fit(frame, target)
    assert list(model.classes_) == ["no", "yes"]
    assert model.score(frame, target) > 0.8


@each_family_and_task
def test_same_seed_gives_the_same_bytes(name, task):
    first, second = (pickle.dumps(build(name, task).fit(*build_data(task))) for _ in range(2))
    assert first == second


@each_family_and_task
def test_number_of_threads_does_not_change_predictions(name, task):
    frame, target = build_data(task)
    answers = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads):
            answers.append(build(name, task).fit(frame, target).predict(frame))
    if task == "regression":
        # Sums of a product of matrices may be split among threads: the last bits.
        np.testing.assert_allclose(answers[0], answers[1], rtol=1e-9)
    else:
        assert answers[0].tolist() == answers[1].tolist()


@each_family_and_task
def test_pickle_round_trip_and_clone(name, task):
    frame, target = build_data(task)
    model = build(name, task).fit(frame, target)
    restored = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(restored.predict(frame), model.predict(frame))
    again = clone(model).fit(frame, target)
    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))


@each_family_and_task
def test_answer_for_a_row_does_not_depend_on_the_others(name, task):
    frame, target = build_data(task)
    model = build(name, task).fit(frame, target)
    whole = model.predict(frame.head(5))
    alone = np.concatenate([model.predict(frame.iloc[[row]]) for row in range(5)])
    if task == "regression":
        # A product of one row and of several may be summed in another order.
        np.testing.assert_allclose(alone, whole, rtol=1e-12)
    else:
        assert alone.tolist() == whole.tolist()


@each_family_and_task
def test_missing_values_are_taken_or_refused_as_it_says(name, task):
    frame, target = build_data(task, missing=True)
    model = build(name, task)
    if not model_families()[name].handles_missing:
        with pytest.raises(ValueError, match="contains NaN"):
            model.fit(frame, target)
        return
    model.fit(frame, target)
    assert pd.notna(model.predict(frame)).all()


@each_family_and_task
def test_values_missing_for_the_first_time_when_predicting(name, task):
    if not model_families()[name].handles_missing:
        return
    frame, target = build_data(task)
    answer = build(name, task).fit(frame, target).predict(frame.assign(area=np.nan))
    assert pd.notna(answer).all()


@each_family_and_task
def test_is_seeded_and_single_threaded(name, task):
    settings = build(name, task, seed=11).get_params()
    assert settings.get("random_state", 11) == 11, "neighbours draw nothing"
    assert settings.get("n_jobs", 1) in (1, None)


@each_family_and_task
def test_hyperparameters_reach_the_estimator(name, task):
    family = make(name)
    settings = build(name, task).get_params()
    for parameter in set(type(family).model_fields) - {"family", *ONLY_OF_A_TASK}:
        assert settings[parameter] == getattr(family, parameter), parameter


@each_family_and_task
def test_class_weights(name, task):
    if "class_weight" not in model_families()[name].model_fields:
        assert "classification" not in model_families()[name].tasks or name in UNWEIGHED
        return
    if task == "classification":
        assert build(name, task, class_weight="balanced").class_weight == "balanced"
        return
    with pytest.raises(ConfigError, match="only a classification has classes to weigh") as caught:
        build(name, task, class_weight="balanced")
    assert caught.value.key == "model.class_weight"


@each_family
def test_is_described(name):
    family = model_families()[name]
    text = "".join(kind.__doc__ or "" for kind in family.__mro__)  # what families share is described once
    assert all(parameter in text for parameter in family.model_fields if parameter != "family")
    assert inspect.getmodule(family).__name__ == f"regression_model.families.{name}", "a file for each family"
    assert family.tasks
    assert set(family.tasks) <= {"regression", "classification"}


@each_family
def test_unknown_key_is_refused_with_a_suggestion(name):
    known = next(parameter for parameter in model_families()[name].model_fields if parameter != "family")
    with pytest.raises(ValidationError, match=rf"unknown key \(did you mean '{known}'\?\)"):
        model_families()[name].model_validate({"family": name, f"{known}s": "1"})


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("elastic_net", {"alpha": "0"}),
        ("elastic_net", {"l1_ratio": "0"}),
        ("elastic_net", {"l1_ratio": "1.1"}),
        ("extra_trees", {"class_weight": "balanced_subsample"}),
        ("extra_trees", {"max_features": "0"}),
        ("extra_trees", {"min_samples_split": "1"}),
        ("hist_gradient_boosting", {"learning_rate": "0"}),
        ("hist_gradient_boosting", {"max_bins": "256"}),
        ("hist_gradient_boosting", {"max_leaf_nodes": "1"}),
        ("hist_gradient_boosting", {"early_stopping": "perhaps"}),
        ("lasso", {"alpha": "-1"}),
        ("lasso", {"max_iter": "0"}),
        ("lightgbm", {"max_depth": "-2"}),
        ("lightgbm", {"num_leaves": "1"}),
        ("lightgbm", {"subsample": "0"}),
        ("lightgbm", {"objective": "poisson"}),
        ("knn", {"n_neighbors": "0"}),
        ("knn", {"p": "0.5"}),
        ("xgboost", {"max_bin": "1"}),
        ("xgboost", {"colsample_bynode": "0"}),
        ("catboost", {"depth": "13"}),
        ("catboost", {"loss_function": "Quantile"}),
        ("logistic_regression", {"C": "0"}),
        ("logistic_regression", {"class_weight": "heavy"}),
        ("logistic_regression", {"l1_ratio": "-0.1"}),
        ("random_forest", {"max_depth": "0"}),
        ("random_forest", {"max_features": "auto"}),
        ("random_forest", {"n_estimators": "many"}),
        ("random_forest", {"n_estimators": "0"}),
        ("ridge", {"alpha": "0"}),
        ("ridge", {"alpha": "inf"}),
    ],
)
def test_out_of_range(name, parameters):
    with pytest.raises(ValidationError) as caught:
        model_families()[name].model_validate({"family": name, **parameters})
    assert {error["loc"][0] for error in caught.value.errors()} == set(parameters)


def test_a_part_of_the_columns_is_no_number_of_columns():
    # To scikit-learn the integer 1 means one column, the float 1.0 all of them.
    family = make("random_forest", max_features="1")
    assert isinstance(family.max_features, float)


@pytest.mark.parametrize(("l1_ratio", "solver"), [("0", "lbfgs"), ("0.5", "saga"), ("1", "saga")])
def test_logistic_regression_takes_a_solver_that_knows_the_penalty(l1_ratio, solver):
    assert build("logistic_regression", "classification", l1_ratio=l1_ratio).solver == solver


def test_lightgbm_samples_rows_only_if_told_to():
    assert build("lightgbm", "regression", subsample="0.5").subsample_freq == 1
    assert build("lightgbm", "regression", subsample="1").subsample_freq == 0


@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "catboost"])
def test_missing_library_names_the_extra(name, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, f"regression_model.families.adapted.{name}_models", raising=False)
    family = model_families()[name]()
    with pytest.raises(MissingExtraError, match=rf"family '{name}' needs .*\[{name}\]"):
        family.build(BuildContext(task="regression"))


@pytest.mark.parametrize(
    ("name", "key", "loss"),
    [
        pytest.param("catboost", "loss_function", "MAE", marks=pytest.mark.heavy),
        ("hist_gradient_boosting", "loss", "absolute_error"),
        ("lightgbm", "objective", "regression_l1"),
        pytest.param("xgboost", "objective", "reg:absoluteerror", marks=pytest.mark.heavy),
    ],
)
def test_the_absolute_error_tends_to_the_median(name, key, loss):
    """Of a target that no column explains, with many zeros and a few large values."""
    frame, _ = build_data("regression")
    target = np.where(np.arange(N_ROWS) % 4 == 0, 100.0, 0.0)
    guesses = {
        each: build(name, "regression", **({} if each is None else {key: each})).fit(frame, target).predict(frame)
        for each in (None, loss)
    }
    assert np.mean(guesses[None]) == pytest.approx(25, rel=0.1)
    assert np.mean(guesses[loss]) < 15
    with pytest.raises(ConfigError, match="minimises the log loss; leave it out") as caught:
        build(name, "classification", **{key: loss})
    assert caught.value.key == f"model.{key}"
