from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, MultiTaskLasso, Ridge
from sklearn.neighbors import KNeighborsRegressor
from threadpoolctl import threadpool_limits

from regression_model.errors import NotLowerableError
from regression_model.lowering.models import lower_model

LARGEST_SINGLE = float(np.finfo(np.float32).max)


class Recorder:
    """Notes what a model requires of its two columns."""

    def __init__(self) -> None:
        self.required: dict[str, bool] = {}
        self.arrays: dict[str, np.ndarray] = {}
        self.texts: dict[str, str] = {}

    def column_slots(self) -> list[int]:
        return [4, 2]

    def require(self, slots: list[int], **what: bool) -> None:
        assert slots == [4, 2]
        assert not self.required
        self.required = what

    def add_array(self, name: str, array: np.ndarray) -> str:
        self.arrays[name] = array
        return name

    def add_text(self, name: str, text: str) -> str:
        self.texts[name] = text
        return name


def build_table() -> tuple[np.ndarray, np.ndarray]:
    rows = np.random.default_rng(0).normal(size=(80, 2))
    return rows, rows[:, 0] - rows[:, 1]


def list_models() -> list[Any]:
    few: dict[str, Any] = {"n_estimators": 3, "random_state": 0}
    models = [
        Lasso(0.1),
        Ridge(),
        ElasticNet(0.1),
        LogisticRegression(),
        RandomForestRegressor(**few),
        RandomForestRegressor(**few, criterion="absolute_error"),
        RandomForestClassifier(**few),
        ExtraTreesRegressor(**few),
        HistGradientBoostingRegressor(max_iter=2),
        HistGradientBoostingClassifier(max_iter=2),
    ]
    try:
        from regression_model.families.adapted.lightgbm_models import LightGBMClassifier, LightGBMRegressor
    except ImportError:
        return models
    few = {"n_estimators": 2, "verbose": -1, "n_jobs": 1}
    return [*models, LightGBMRegressor(**few), LightGBMClassifier(**few), *list_heavy_models()]


def list_heavy_models() -> list[Any]:
    try:
        from regression_model.families.adapted.catboost_models import CatBoostClassifier, CatBoostRegressor
        from regression_model.families.adapted.xgboost_models import XGBoostClassifier, XGBoostRegressor
    except ImportError:
        return []
    few = {"n_estimators": 2}
    return [
        XGBoostRegressor(**few),
        XGBoostClassifier(**few),
        CatBoostRegressor(iterations=2),
        CatBoostClassifier(iterations=2),
    ]


@pytest.mark.parametrize("model", list_models(), ids=lambda model: type(model).__name__)
def test_requires_what_the_library_requires(model):
    rows, target = build_table()
    with threadpool_limits(1):
        model.fit(rows, target > 0 if hasattr(model, "predict_proba") else target)
    builder = Recorder()
    lower_model(model, builder)
    values = {
        np.nan: "missing",
        np.inf: "infinite",
        -np.inf: "infinite",
        1e300: "single_precision",
        -1e300: "single_precision",
        np.nextafter(LARGEST_SINGLE, np.inf): None,  # rounds to the largest number of single precision
        -LARGEST_SINGLE: None,
    }
    for value, requirement in values.items():
        refused = requirement is not None and builder.required.get(requirement, False)
        row = np.array([[0.5, value]])
        if refused:
            with np.errstate(over="ignore"), pytest.raises(ValueError, match="Input X contains"):
                model.predict(row)
        else:
            assert len(model.predict(row)) == 1


class MyLasso(Lasso):
    """May predict otherwise."""


@pytest.mark.parametrize("model", [KNeighborsRegressor(1), MyLasso(0.1)], ids=lambda model: type(model).__name__)
def test_an_unknown_class_is_refused(model):
    with pytest.raises(NotLowerableError, match=f"^model: there is no compiled form of {type(model).__name__}$"):
        lower_model(model.fit(*build_table()), Recorder())


def test_what_derives_from_a_known_class_is_unknown():
    rows, target = build_table()
    with pytest.raises(NotLowerableError, match="MultiTaskLasso"):
        lower_model(MultiTaskLasso(0.1).fit(rows, np.column_stack([target, target])), Recorder())


def test_splits_by_categories_are_refused():
    codes = np.repeat([[0.0], [1.0], [2.0]], 30, axis=0)
    with threadpool_limits(1):
        model = HistGradientBoostingRegressor(max_iter=2, categorical_features=[0]).fit(codes, codes[:, 0] % 2)
    with pytest.raises(NotLowerableError, match="splits by categories"):
        lower_model(model, Recorder())


def test_a_booster_of_another_objective_is_refused():
    pytest.importorskip("lightgbm")
    from regression_model.families.adapted.lightgbm_models import LightGBMRegressor

    model = LightGBMRegressor(n_estimators=2, objective="poisson", verbose=-1, n_jobs=1)
    rows, target = build_table()
    with pytest.raises(NotLowerableError, match="no compiled form of this booster.*'objective'"):
        lower_model(model.fit(rows, np.abs(target)), Recorder())


def test_a_booster_keeps_the_trees_that_it_predicts_with():
    pytest.importorskip("lightgbm")
    from regression_model.families.adapted.lightgbm_models import LightGBMRegressor

    model = LightGBMRegressor(n_estimators=9, verbose=-1, n_jobs=1).fit(*build_table())
    for best, n_trees in ((-1, 9), (4, 4)):
        model.booster_.best_iteration = best
        builder = Recorder()
        lower_model(model, builder)
        assert builder.texts["booster"].count("Tree=") == n_trees


def test_thresholds_of_single_precision_decide_alike():
    """A threshold between two numbers of single precision becomes the lower one."""
    rows = np.array([[1000.0], [np.nextafter(np.float32(1000), np.float32(2000))]] * 5)
    model = RandomForestRegressor(1, bootstrap=False, random_state=0).fit(rows, rows[:, 0] > 1000)
    builder = Recorder()
    lower_model(model, builder)
    threshold = builder.arrays["tree_thresholds"][0]
    assert model.estimators_[0].tree_.threshold[0] > 1000
    assert threshold == np.float32(1000)
