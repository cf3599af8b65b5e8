from __future__ import annotations

import copy

import numpy as np

from regression_model.families.adapted import lightgbm_models
from regression_model.families.adapted.lightgbm_models import LightGBMRegressor


def test_a_prediction_packs_no_booster(monkeypatch):
    rows = np.arange(60.0).reshape(30, 2)
    model = LightGBMRegressor(n_estimators=3, min_child_samples=2, verbose=-1).fit(rows, rows[:, 0])

    def refuse(model: bytes) -> bytes:
        raise AssertionError("packed")

    monkeypatch.setattr(lightgbm_models, "pack", refuse)

    assert len(model.predict(rows)) == 30
    assert copy.copy(model).booster_ is model.booster_
