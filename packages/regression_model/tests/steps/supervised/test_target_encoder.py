from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from regression_model.row_groups import row_groups
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


def test_what_the_own_group_says_is_not_seen():
    # Each name is one group's: of a new group nobody says anything, and so it has to be while the model learns.
    groups = np.arange(400) // 8
    random = np.random.default_rng(3)
    target = random.normal(0, 1, 50)[groups] + random.normal(0, 0.1, 400)
    names = pd.DataFrame({"name": pd.Series([f"n{group}" for group in groups], dtype=object)})
    assert np.corrcoef(TargetEncoder(["name"]).fit_transform(names, target)["name"], target)[0, 1] > 0.9
    with row_groups(groups):
        seen = TargetEncoder(["name"]).fit_transform(names, target)["name"]
    assert len(set(seen)) <= 5  # the mean of the other folds
    assert abs(np.corrcoef(seen, target)[0, 1]) < 0.3
    with row_groups(groups[1:]), pytest.raises(ValueError, match="a group for each of 400 rows, got 399"):
        TargetEncoder(["name"]).fit_transform(names, target)


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
