from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from regression_model.steps.supervised.folds import CrossFitting
from regression_model.steps.supervised.target_encoder import TargetEncoder


def build_zones(n_rows=600):
    random = np.random.default_rng(0)
    zones = pd.DataFrame({"zone": pd.Series(random.choice(["a", "b", "c", None], n_rows), dtype=object), "x": 1.0})
    return zones, random.normal(0, 1, n_rows) + (zones["zone"] == "a") * 3


def test_numbers_are_drawn_towards_the_mean_of_all():
    zones, target = build_zones()
    encoder = TargetEncoder(["zone"], smoothing=10.0).fit(zones, target)
    own = target[zones["zone"] == "a"]
    expected = (own.sum() + 10 * target.mean()) / (len(own) + 10)
    row = pd.DataFrame({"zone": ["a", "Moon", None], "x": 1.0}).astype({"zone": object})
    missing = target[zones["zone"].isna()]
    found = encoder.transform(row)["zone"]
    assert found[0] == pytest.approx(expected)
    assert found[1] == pytest.approx(target.mean())
    assert found[2] == pytest.approx((missing.sum() + 10 * target.mean()) / (len(missing) + 10))


def test_a_category_of_one_row_does_not_tell_its_target():
    names = pd.DataFrame({"name": pd.Series([f"n{n}" for n in range(200)], dtype=object)})
    noise = np.random.default_rng(1).normal(0, 1, 200)
    encoder = TargetEncoder(["name"], smoothing=0.0)
    seen = encoder.fit_transform(names, noise)["name"]
    # What is left is the mean of the other folds, which is lower where the own fold's is higher.
    assert abs(np.corrcoef(seen, noise)[0, 1]) < 0.2
    np.testing.assert_allclose(encoder.transform(names)["name"], noise)


def test_same_state_whatever_the_order_of_the_rows():
    zones, target = build_zones()
    order = np.random.default_rng(2).permutation(len(zones))
    one = TargetEncoder(["zone"]).fit(zones, target)
    two = TargetEncoder(["zone"]).fit(zones.iloc[order], target.iloc[order])
    three = TargetEncoder(["zone"])
    three.fit_transform(zones, target)
    assert pickle.dumps(one) == pickle.dumps(two) == pickle.dumps(three)


def test_a_column_for_each_of_several_classes():
    zones, target = build_zones()
    labels = np.where(target > 2, "high", np.where(target > 0, "middle", "low"))
    encoder = TargetEncoder(["zone"], cross_fitting=CrossFitting("classification", ("high", "low", "middle")))
    answer = encoder.fit_transform(zones, labels)
    assert list(answer) == ["x", "zone_high", "zone_low", "zone_middle"]
    assert list(encoder.get_feature_names_out()) == list(answer)
    np.testing.assert_allclose(answer.iloc[:, 1:].sum(axis=1), 1)
    np.testing.assert_allclose(encoder.transform(zones).iloc[:, 1:].sum(axis=1), 1)
