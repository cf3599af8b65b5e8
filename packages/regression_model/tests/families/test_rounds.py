"""Boosters say what each round answers, and learn the same as without."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from regression_model.build_context import BuildContext
from regression_model.families.registry import model_families
from regression_model.families.rounds import RoundsFamily

N_ROUNDS = 12
SIZES = {"lightgbm": "n_estimators", "xgboost": "n_estimators", "catboost": "iterations"}
BOOSTERS = [name for name, family in model_families().items() if issubclass(family, RoundsFamily)]
EACH = [
    pytest.param(name, n_classes, marks=pytest.mark.heavy if name in ("xgboost", "catboost") else ())
    for name in BOOSTERS
    for n_classes in (0, 2, 3)
]


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):  # on a busy machine the threads of a small fit wait for each other
        yield


def make(name: str) -> RoundsFamily:
    family = model_families()[name].model_validate({"family": name, SIZES.get(name, "max_iter"): N_ROUNDS})
    assert isinstance(family, RoundsFamily)
    return family


def build_table(n_classes: int) -> tuple[np.ndarray, Any, np.ndarray]:
    generator = np.random.default_rng(6)
    rows = generator.normal(size=(300, 4))
    target = 3 + rows[:, 0] * 2 - rows[:, 1] + generator.normal(size=300) / 5
    labels = np.array(["high", "low", "middle"])[np.digitize(target, [2.0, 4.0][: n_classes - 1])]
    return rows, labels if n_classes else target, generator.normal(size=(40, 4))


def answer(model: Any, rows: np.ndarray, n_classes: int) -> np.ndarray:
    return model.predict_proba(rows) if n_classes else model.predict(rows)


def test_there_are_four():
    assert BOOSTERS == ["catboost", "hist_gradient_boosting", "lightgbm", "xgboost"]


@pytest.mark.parametrize(("name", "n_classes"), EACH)
def test_each_round_is_told_and_changes_nothing(name, n_classes):
    rows, target, watched = build_table(n_classes)
    context = BuildContext("classification" if n_classes else "regression", seed=4)
    told: list[np.ndarray] = []

    def watch(number: int, answers: np.ndarray) -> bool:
        told.append(np.array(answers))
        assert number == len(told)
        return True

    model = make(name).fit_intervals(context, rows, target, watched, watch)
    assert len(told) == N_ROUNDS
    assert pickle.dumps(model) == pickle.dumps(make(name).build(context).fit(rows, target))
    # Sums of terms in another order.
    np.testing.assert_allclose(told[-1], answer(model, watched, n_classes), rtol=1e-6)
    assert np.abs(told[0] - told[-1]).max() > 0.01


@pytest.mark.parametrize(("name", "n_classes"), EACH)
def test_it_tells_no_more_once_it_is_stopped(name, n_classes):
    rows, target, watched = build_table(n_classes)
    context = BuildContext("classification" if n_classes else "regression", seed=4)
    told: list[int] = []

    def watch(number: int, answers: np.ndarray) -> bool:
        told.append(number)
        return number < 5

    model = make(name).fit_intervals(context, rows, target, watched, watch)
    assert told == [1, 2, 3, 4, 5]
    assert len(answer(model, watched, n_classes)) == 40
