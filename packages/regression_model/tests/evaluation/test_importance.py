from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression

from regression_model.evaluation.importance import find_permutation_importances
from regression_model.evaluation.scoring import LabelledRows, build_scorer


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(500, 3)), columns=["strong", "weak", "useless"])
    return LabelledRows(frame, 3 * frame["strong"].to_numpy() + frame["weak"].to_numpy())


@pytest.fixture(scope="module")
def model(rows):
    return LinearRegression().fit(rows.frame, rows.target)


def test_agrees_with_scikit_learn(rows, model):
    ours = find_permutation_importances(build_scorer("regression"), model.predict, rows, n_repeats=20)
    theirs = permutation_importance(
        model, rows.frame, rows.target, scoring="neg_root_mean_squared_error", n_repeats=20, random_state=0
    )
    assert [feature.feature for feature in ours.features] == ["strong", "weak", "useless"]
    # Mean of 20 shufflings that differ by some 3 %, in two independent draws.
    assert [f.mean for f in ours.features] == pytest.approx(theirs.importances_mean, rel=0.05, abs=1e-9)


def test_the_model_sees_one_shuffled_column_and_the_rows_stay_as_they_were(rows, model):
    before = rows.frame.copy()
    changed = []

    def predict(frame):
        changed.append([name for name in frame if not frame[name].equals(before[name])])
        assert all(sorted(frame[name]) == sorted(before[name]) for name in frame)
        return model.predict(frame)

    find_permutation_importances(build_scorer("regression"), predict, rows, n_repeats=1)

    assert changed == [[], ["strong"], ["weak"], ["useless"]]
    pd.testing.assert_frame_equal(rows.frame, before)


def test_a_score_that_should_rise_is_damaged_downwards():
    positive = np.linspace(0.01, 0.99, 200)
    rows = LabelledRows(pd.DataFrame({"x": positive}), (positive > 0.5).astype(int))
    scorer = build_scorer("classification", [0, 1])
    found = find_permutation_importances(scorer, lambda frame: np.column_stack([1 - frame["x"], frame["x"]]), rows)
    assert found.baseline == 1.0
    assert found.features[0].mean == pytest.approx(0.5, abs=0.1)  # shuffled, the ranking is as good as guessing


def test_a_column_does_not_depend_on_its_neighbours_and_seeds_matter(rows, model):
    scorer = build_scorer("regression")

    def importance(columns, seed):
        def predict(frame):
            return model.predict(frame.assign(useless=0.0)[["strong", "weak", "useless"]])

        part = LabelledRows(rows.frame[columns], rows.target)
        return {f.feature: f.mean for f in find_permutation_importances(scorer, predict, part, seed=seed).features}

    everything = importance(["strong", "weak", "useless"], 0)
    assert importance(["weak", "strong"], 0)["weak"] == everything["weak"]
    assert importance(["weak", "strong"], 1)["weak"] != everything["weak"]


def test_many_rows_are_sampled(rows, model):
    sizes = set()

    def predict(frame):
        sizes.add(len(frame))
        return model.predict(frame)

    found = find_permutation_importances(build_scorer("regression"), predict, rows, max_rows=100, n_repeats=1)
    assert sizes == {100}
    assert found.n_rows == 100


def test_no_importance_where_the_metric_is_undefined():
    rows = LabelledRows(pd.DataFrame({"x": [1.0, 2.0]}), np.array([0, 0]))
    scorer = build_scorer("classification", [0, 1])
    assert find_permutation_importances(scorer, lambda _: [[0.5, 0.5], [0.5, 0.5]], rows) is None
