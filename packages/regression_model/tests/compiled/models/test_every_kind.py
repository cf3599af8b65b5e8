"""Compiled models predict what the libraries predict."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge
from threadpoolctl import threadpool_limits

from regression_model.compiled.models import Model, link_finish, link_model

# Of terms in another order; of trees only in the exponential of a link.
TOLERANCE = 1e-12
N_COLUMNS = 6
LARGEST_SINGLE = 3.4e38
MISSING = {"forest", "boosting", "lightgbm"}
INFINITE = {"boosting", "lightgbm"}


def build_table(n_rows: int = 240) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(11)
    rows = generator.normal(size=(n_rows, N_COLUMNS)).round(1)
    rows[:, 3] = generator.integers(0, 3, n_rows)
    return rows, rows[:, 0] * rows[:, 1] + np.abs(rows[:, 2]) + rows[:, 3] + generator.normal(size=n_rows) / 5


def fit_models() -> dict[str, Any]:
    rows, target = build_table()
    holes = rows.copy()
    holes[np.random.default_rng(3).random(rows.shape) < 0.15] = np.nan
    holes[:, 5] = rows[:, 5]  # nothing is missing here in training
    two = np.where(target > 1, "yes", "no")
    three = np.array(["low", "middle", "top"])[np.digitize(target, [0.0, 2.0])]
    few: dict[str, Any] = {"n_estimators": 13, "random_state": 1}
    boosting: dict[str, Any] = {"max_iter": 9, "min_samples_leaf": 4, "learning_rate": 0.5}
    models = {
        "linear: lasso": Lasso(0.01).fit(rows, target),
        "linear: ridge": Ridge().fit(rows, target),
        "linear: elastic net": ElasticNet(0.01).fit(rows, target),
        "linear: logistic, two": LogisticRegression().fit(rows, two),
        "linear: logistic, three": LogisticRegression().fit(rows, three),
        "forest: random": RandomForestRegressor(**few).fit(holes, target),
        "forest: nothing missing in training": RandomForestRegressor(**few).fit(rows, target),
        "forest: extra trees": ExtraTreesRegressor(**few).fit(holes, target),
        "forest: random, two": RandomForestClassifier(**few).fit(holes, two),
        "forest: shallow, three": RandomForestClassifier(4, max_depth=2, random_state=0).fit(holes, three),
        "forest: extra trees, three": ExtraTreesClassifier(**few, class_weight="balanced").fit(holes, three),
        "boosting: regression": HistGradientBoostingRegressor(**boosting).fit(holes, target),
        "boosting: nothing missing in training": HistGradientBoostingRegressor(**boosting).fit(rows, target),
        "boosting: logarithmic link": HistGradientBoostingRegressor(**boosting, loss="poisson").fit(
            holes, np.exp(target / 4)
        ),
        "boosting: two": HistGradientBoostingClassifier(**boosting).fit(holes, two),
        "boosting: three": HistGradientBoostingClassifier(**boosting).fit(holes, three),
        "boosting: leaves only": HistGradientBoostingRegressor(max_iter=2, min_samples_leaf=200).fit(holes, target),
    }
    return models | _fit_lightgbm(rows, holes, target, two, three)


def _fit_lightgbm(rows: np.ndarray, holes: np.ndarray, target: np.ndarray, *labels: np.ndarray) -> dict[str, Any]:
    pytest.importorskip("lightgbm")
    from regression_model.families.adapted.lightgbm_models import LightGBMClassifier, LightGBMRegressor

    few: dict[str, Any] = {"n_estimators": 9, "min_child_samples": 4, "learning_rate": 0.5, "verbose": -1, "n_jobs": 1}
    return {
        "lightgbm: regression": LightGBMRegressor(**few).fit(holes, target),
        "lightgbm: nothing missing in training": LightGBMRegressor(**few).fit(rows, target),
        "lightgbm: two": LightGBMClassifier(**few).fit(holes, labels[0]),
        "lightgbm: three": LightGBMClassifier(**few).fit(holes, labels[1]),
        "lightgbm: leaves only": LightGBMRegressor(**few | {"min_child_samples": 200}).fit(rows, target),
    }


@pytest.fixture(scope="module")
def models() -> dict[str, Any]:
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit_models()


EACH = [
    "linear: lasso",
    "linear: ridge",
    "linear: elastic net",
    "linear: logistic, two",
    "linear: logistic, three",
    "forest: random",
    "forest: nothing missing in training",
    "forest: extra trees",
    "forest: random, two",
    "forest: shallow, three",
    "forest: extra trees, three",
    "boosting: regression",
    "boosting: nothing missing in training",
    "boosting: logarithmic link",
    "boosting: two",
    "boosting: three",
    "boosting: leaves only",
    "lightgbm: regression",
    "lightgbm: nothing missing in training",
    "lightgbm: two",
    "lightgbm: three",
    "lightgbm: leaves only",
]


def numbers(name: str) -> st.SearchStrategy[float]:
    """Numbers that the model takes, and near those at which its trees split."""
    kind = name.partition(":")[0]
    highest = {"linear": 1e300, "forest": LARGEST_SINGLE}.get(kind, np.finfo(float).max)
    some = [
        st.floats(-highest, highest),
        st.floats(-3, 3).map(lambda value: round(value, 1)),
        st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 1e-45, 1e-35, -1e-36, 0.05, 0.1 + 1e-9, 0.1 - 1e-9, highest]),
    ]
    if kind in MISSING:
        some.append(st.just(np.nan))
    if kind in INFINITE:
        some.append(st.sampled_from([np.inf, -np.inf]))
    return st.one_of(some)


def check_equal(model: Any, compiled: Model, program: Any, rows: np.ndarray) -> None:
    finish = link_finish(program, compiled.n_outputs)
    matrix = np.ascontiguousarray(rows)
    before = matrix.copy()
    predictions, probabilities = finish.finish_columns(compiled.predict_columns(matrix))
    singly = [finish.finish_row(compiled.predict_row(row)) for row in matrix.tolist()]
    np.testing.assert_array_equal(matrix, before)
    with np.errstate(over="ignore", invalid="ignore"):
        if not hasattr(model, "classes_"):
            right = model.predict(matrix)
            np.testing.assert_allclose(predictions, right, rtol=TOLERANCE, atol=find_noise(compiled, matrix))
            np.testing.assert_allclose(
                [each[0] for each in singly], right, rtol=TOLERANCE, atol=find_noise(compiled, matrix)
            )
            assert probabilities is None
            return
        shares = model.predict_proba(matrix)
    np.testing.assert_allclose(probabilities, shares, rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose([each[1] for each in singly], shares, rtol=1e-10, atol=1e-15)
    if program.content["model"]["kind"] == "forest":  # ties are decided alike
        np.testing.assert_array_equal(probabilities, shares)
        np.testing.assert_array_equal([each[1] for each in singly], shares)
    labels = model.classes_[shares.argmax(axis=1)].tolist()
    assert predictions.tolist() == labels
    assert [each[0] for each in singly] == labels


def find_noise(compiled: Model, matrix: np.ndarray) -> float:
    """Where large terms of a sum cancel, each order of them gives other digits."""
    coefficients = getattr(compiled, "coefficients", None)
    return 0.0 if coefficients is None else float((np.abs(matrix) @ np.abs(coefficients.T)).max()) * 1e-14


@pytest.mark.parametrize("name", EACH)
def test_ordinary_rows(name, models, lower):
    program = lower(models[name], N_COLUMNS)
    rows = build_table(700)[0]
    if name.partition(":")[0] in MISSING:
        rows[np.random.default_rng(5).random(rows.shape) < 0.2] = np.nan
    check_equal(models[name], link_model(program), program, rows)


@pytest.mark.parametrize("name", EACH)
def test_extreme_rows(name, models, lower):
    program = lower(models[name], N_COLUMNS)
    compiled = link_model(program)

    @settings(max_examples=25, deadline=None)
    @given(arrays.arrays(np.float64, st.tuples(st.integers(1, 5), st.just(N_COLUMNS)), elements=numbers(name)))
    def check(rows: np.ndarray) -> None:
        check_equal(models[name], compiled, program, rows)

    check()
