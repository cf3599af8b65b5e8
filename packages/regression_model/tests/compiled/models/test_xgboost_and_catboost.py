"""Compiled boosters of XGBoost and CatBoost predict what their libraries predict, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from regression_model.compiled.models import check_model, link_finish, link_model
from regression_model.errors import ArtifactIntegrityError

pytestmark = pytest.mark.heavy

N_COLUMNS = 6
LARGEST_SINGLE = 3.4e38
EACH = [
    f"{library}: {kind}"
    for library in ("xgboost", "catboost")
    for kind in ("regression", "absolute error", "nothing missing in training", "two", "three", "leaves only", "deep")
]


def build_table(n_rows: int = 240) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(11)
    rows = generator.normal(size=(n_rows, N_COLUMNS)).round(1)
    rows[:, 3] = generator.integers(0, 3, n_rows)
    return rows, rows[:, 0] * rows[:, 1] + np.abs(rows[:, 2]) + rows[:, 3] + generator.normal(size=n_rows) / 5


def list_cases() -> dict[str, tuple[type, dict[str, Any]]]:
    from regression_model.families.adapted.catboost_models import CatBoostClassifier, CatBoostRegressor
    from regression_model.families.adapted.xgboost_models import XGBoostClassifier, XGBoostRegressor

    first: dict[str, Any] = {"n_estimators": 9, "learning_rate": 0.5}
    second: dict[str, Any] = {"iterations": 9, "learning_rate": 0.5, "depth": 4}
    return {
        "xgboost: regression": (XGBoostRegressor, first),
        "xgboost: absolute error": (XGBoostRegressor, first | {"objective": "reg:absoluteerror"}),
        "xgboost: nothing missing in training": (XGBoostRegressor, first),
        "xgboost: two": (XGBoostClassifier, first),
        "xgboost: three": (XGBoostClassifier, first),
        "xgboost: leaves only": (XGBoostRegressor, first | {"gamma": 1e9}),
        "xgboost: deep": (XGBoostRegressor, first | {"max_leaves": 100, "max_depth": 0, "min_child_weight": 0}),
        "catboost: regression": (CatBoostRegressor, second),
        "catboost: absolute error": (CatBoostRegressor, second | {"loss_function": "MAE"}),
        "catboost: nothing missing in training": (CatBoostRegressor, second),
        "catboost: two": (CatBoostClassifier, second),
        "catboost: three": (CatBoostClassifier, second),
        "catboost: leaves only": (CatBoostRegressor, second | {"depth": 1, "iterations": 1}),
        "catboost: deep": (CatBoostRegressor, second | {"depth": 9, "iterations": 3}),
    }


@pytest.fixture(scope="module")
def models() -> dict[str, Any]:
    rows, target = build_table()
    holes = rows.copy()
    holes[np.random.default_rng(3).random(rows.shape) < 0.15] = np.nan
    holes[:, 5] = rows[:, 5]  # nothing is missing here in training
    labels = {
        "two": np.where(target > 1, "yes", "no"),
        "three": np.array(["low", "middle", "top"])[np.digitize(target, [0.0, 2.0])],
    }
    fitted = {}
    for name, (kind, parameters) in list_cases().items():
        what = name.partition(": ")[2]
        learned = rows if what == "nothing missing in training" else holes
        fitted[name] = kind(**parameters, random_state=3).fit(learned, labels.get(what, target))
    return fitted


def check_equal(model: Any, program: Any, rows: np.ndarray) -> None:
    compiled = link_model(program)
    finish = link_finish(program, compiled.n_outputs)
    together = compiled.predict_columns(rows)
    alone = np.array([compiled.predict_row(row) for row in rows.tolist()])
    if not hasattr(model, "classes_"):
        right = model.predict(rows)
        np.testing.assert_array_equal(together[:, 0], right)
        np.testing.assert_array_equal(alone[:, 0], right)
        return
    margins = model.decision_function(rows).reshape(len(rows), -1)
    np.testing.assert_array_equal(together, margins)
    np.testing.assert_array_equal(alone, margins)
    labels, probabilities = finish.finish_columns(together)
    # The exponential of one number and that of many may differ in the last bit.
    np.testing.assert_allclose(probabilities, model.predict_proba(rows), rtol=1e-14)
    assert labels.tolist() == model.predict(rows).tolist()


def numbers(name: str) -> st.SearchStrategy[float]:
    special = [0.0, -0.0, 5e-324, 1e-45, -1e-45, 0.05, 0.1 + 1e-9, 0.1 - 1e-9, np.nan, LARGEST_SINGLE, -LARGEST_SINGLE]
    if name.startswith("catboost"):
        special += [np.inf, -np.inf, 1e300, -1e300]
    rounded = st.floats(-3, 3).map(lambda value: round(value, 1))
    return st.one_of(st.floats(-1e30, 1e30), rounded, st.sampled_from(special))


@pytest.mark.parametrize("name", EACH)
def test_ordinary_rows(name, models, lower):
    rows = build_table(700)[0]
    rows[np.random.default_rng(5).random(rows.shape) < 0.2] = np.nan
    check_equal(models[name], lower(models[name], N_COLUMNS), rows)


@pytest.mark.parametrize("name", EACH)
def test_extreme_rows(name, models, lower):
    program = lower(models[name], N_COLUMNS)

    @settings(max_examples=25, deadline=None)
    @given(arrays.arrays(np.float64, st.tuples(st.integers(1, 5), st.just(N_COLUMNS)), elements=numbers(name)))
    def check(rows: np.ndarray) -> None:
        check_equal(models[name], program, rows)

    check()


@pytest.mark.parametrize("name", [name for name in EACH if name.startswith("xgboost")])
def test_xgboost_refuses_what_single_precision_cannot_hold(name, models):
    for value in (np.inf, -np.inf, 1e300):
        with pytest.raises(ValueError, match="Input X contains infinity"):
            models[name].predict(np.full((1, N_COLUMNS), value))


@pytest.mark.parametrize("library", ["xgboost", "catboost"])
def test_another_number_of_columns_is_refused(library, models):
    with pytest.raises(ValueError, match="expected 6 columns, got 5"):
        models[f"{library}: regression"].predict(np.zeros((2, 5)))


@pytest.mark.parametrize("library", ["xgboost", "catboost"])
def test_a_single_class_is_refused(library):
    kind, parameters = list_cases()[f"{library}: two"]
    with pytest.raises(ValueError, match="expected two classes or more, got only"):
        kind(**parameters).fit(build_table()[0], np.repeat("same", 240))


def replace(program: Any, key: str, change: Any) -> None:
    name = program.content["model"][key]
    program.arrays[name] = change(program.arrays[name].copy())


def put(position: Any, value: float) -> Any:
    def change(array: np.ndarray) -> np.ndarray:
        array[position] = value
        return array

    return change


@pytest.mark.parametrize(
    ("key", "change", "message"),
    [
        ("depths", put(0, 5), "less than no questions, or more"),
        ("depths", put(0, -1), "less than no questions"),
        ("depths", put(0, 1), "a question is behind the last one"),
        ("depths", lambda array: array[:-1], "have the shapes"),
        ("features", put((0, 0), N_COLUMNS), "a column that is none of the 6"),
        ("features", put((0, 0), -1), "less than no questions"),
        ("borders", put((0, 0), np.nan), "a border of the trees is no number"),
        ("borders", lambda array: array.astype(np.float64), "the type float32"),
        ("values", put((0, 0), np.inf), "a value or a weight"),
        ("values", lambda array: array[:-1], "leaves, and"),
        ("covers", put(0, -1.0), "a value or a weight"),
    ],
)
def test_damaged_oblivious_trees_are_refused(key, change, message, models, lower):
    program = lower(models["catboost: regression"], N_COLUMNS)
    check_model(program)
    replace(program, key, change)
    with pytest.raises(ArtifactIntegrityError, match=message):
        check_model(program)


def test_other_numbers_of_outputs_are_refused(models, lower):
    for name, message in (("catboost: three", "leaves with 3 values"), ("xgboost: three", "27 trees with 1 values")):
        program = lower(models[name], N_COLUMNS)
        program.content["model"]["baselines"] += [0.0]
        with pytest.raises(ArtifactIntegrityError, match=message):
            check_model(program)
