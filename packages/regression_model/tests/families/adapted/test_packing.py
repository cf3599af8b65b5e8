from __future__ import annotations

import hashlib
import pickle

import numpy as np
import pytest

from regression_model.families.adapted.packing import pack, unpack


def build_table() -> tuple[np.ndarray, np.ndarray]:
    rows = np.random.default_rng(0).normal(size=(200, 3))
    return rows, rows[:, 0] - rows[:, 1]


def test_what_was_packed_comes_back_and_is_the_same_everywhere():
    model = b"leaf_value=0.25 -0.5 1\n" * 1000
    packed = pack(model)
    assert unpack(packed) == model
    assert len(packed) < len(model) / 10
    assert hashlib.sha256(packed).hexdigest()[:16] == "3846c391506eaea3"


def list_models() -> list:
    from regression_model.families.adapted.catboost_models import CatBoostRegressor
    from regression_model.families.adapted.lightgbm_models import LightGBMRegressor
    from regression_model.families.adapted.xgboost_models import XGBoostRegressor

    return [
        LightGBMRegressor(n_estimators=50, verbose=-1, n_jobs=1),
        XGBoostRegressor(n_estimators=50),
        CatBoostRegressor(iterations=50),
    ]


@pytest.mark.heavy
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_pickled_booster_answers_and_pickles_alike(number):
    rows, target = build_table()
    model = list_models()[number].fit(rows, target)
    before = model.predict(rows)
    pickled = pickle.dumps(model)
    restored = pickle.loads(pickled)
    np.testing.assert_array_equal(restored.predict(rows), before)
    assert pickle.dumps(restored) == pickled
    assert pickle.loads(pickle.dumps(list_models()[number])).get_params() == list_models()[number].get_params()


@pytest.mark.heavy
def test_what_catboost_writes_about_a_training_is_not_kept():
    from regression_model.families.adapted.catboost_models import CatBoostRegressor

    first, second = (CatBoostRegressor(iterations=5).fit(*build_table()) for _ in range(2))
    assert first.model_ == second.model_
    assert set(first.booster.get_metadata().keys()) == {"params"}
