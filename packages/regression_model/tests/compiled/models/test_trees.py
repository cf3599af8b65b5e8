from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from threadpoolctl import threadpool_limits

import regression_model.compiled.models.tree_walk as walk_module
from regression_model.compiled.models import check_model, link_model
from regression_model.errors import ArtifactIntegrityError

N_COLUMNS = 4


@pytest.fixture(scope="module")
def fitted():
    rows = np.random.default_rng(5).normal(size=(300, N_COLUMNS))
    target = rows[:, 0] * rows[:, 1] + rows[:, 2]
    with threadpool_limits(1):
        forest = RandomForestRegressor(5, max_leaf_nodes=12, random_state=0).fit(rows, target)
        boosting = HistGradientBoostingRegressor(max_iter=6).fit(rows, target)
    return {"forest": forest, "boosting": boosting}, rows


@pytest.fixture(scope="module", params=["forest", "boosting"])
def program(request, fitted, lower):
    return lower(fitted[0][request.param], N_COLUMNS)


def change(program, key: str, position: int, value: object):
    changed = copy.deepcopy(program)
    changed.arrays[f"tree_{key}"][position] = value
    return changed


def test_children_lie_side_by_side_in_the_order_of_their_parents(program):
    trees = link_model(program).trees
    for start, stop in zip(trees.starts, trees.starts[1:], strict=False):
        inner = np.flatnonzero(trees.features[start:stop] >= 0)
        np.testing.assert_array_equal(trees.left[start:stop][inner] - start, 2 * np.arange(len(inner)) + 1)
        assert stop - start == 2 * len(inner) + 1


@pytest.mark.parametrize(
    ("key", "position", "value", "message"),
    [
        ("starts", 0, 1, "don't ascend"),
        ("starts", 1, 0, "don't ascend"),
        ("starts", -1, 10**9, "don't ascend"),
        ("starts", 1, 2, "one node more than twice"),
        ("features", 0, N_COLUMNS, "a column that is none of the 4"),
        ("features", 0, -2, "a column that is none of the 4"),
        ("features", 0, -1, "different lengths"),
        ("thresholds", 0, np.nan, "is no number"),
        ("missing_left", 0, 2, "neither left nor right"),
        ("covers", 0, 0.0, "covers no rows"),
        ("covers", 0, np.inf, "covers no rows"),
        ("values", 0, np.inf, "is no number"),
    ],
)
def test_arrays_that_describe_no_trees_are_refused(program, key, position, value, message):
    changed = change(program, key, position, value)
    with pytest.raises(ArtifactIntegrityError, match=message):
        link_model(changed)
    with pytest.raises(ArtifactIntegrityError, match=message):
        check_model(changed)


def test_a_node_behind_its_children_is_refused(program):
    changed = copy.deepcopy(program)
    features = changed.arrays["tree_features"]
    stop = changed.arrays["tree_starts"][1]
    features[[0, stop - 1]] = -1, 0  # the root is a leaf, the last leaf splits
    with pytest.raises(ArtifactIntegrityError, match="behind its children"):
        link_model(changed)


@pytest.mark.parametrize("key", ["starts", "features", "thresholds", "missing_left", "covers", "values"])
def test_arrays_of_other_types_and_lengths_are_refused(program, key):
    name = f"tree_{key}"
    right = program.arrays[name]
    for wrong in (right[:-1], right[:0], right.astype(np.complex64), right[..., None], right.astype(np.int8), None):
        changed = copy.deepcopy(program)
        changed.arrays[name] = wrong
        if wrong is None:
            del changed.arrays[name]
        with pytest.raises(ArtifactIntegrityError, match="the compiled model can't be used"):
            link_model(changed)


def test_any_change_is_refused_or_answers(program):
    def check(data: st.DataObject) -> None:
        changed = copy.deepcopy(program)
        for _ in range(data.draw(st.integers(1, 4))):
            array = changed.arrays[data.draw(st.sampled_from(sorted(changed.arrays)))].reshape(-1)
            position = data.draw(st.integers(0, len(array) - 1))
            value = data.draw(st.sampled_from([*array[:40].tolist(), 0, 1, 3, 5]))
            array[position] = array.dtype.type(value)
        try:
            model = link_model(changed)
        except ArtifactIntegrityError:
            return
        assert np.isfinite(model.predict_row([0.5, np.nan, -1.0, 3.0])).all()

    settings(max_examples=150, deadline=None)(given(st.data())(check))()


def test_rows_and_trees_may_be_taken_in_any_portions(program, fitted, monkeypatch):
    model, rows = link_model(program), fitted[1]
    expected = model.predict_columns(rows)
    for lanes, n_rows in ((1, 7), (50, 300), (100_000, 1)):
        monkeypatch.setattr(walk_module, "_LANES", lanes)
        monkeypatch.setattr(walk_module, "_ROWS", n_rows)
        np.testing.assert_array_equal(model.predict_columns(rows), expected)
    assert model.predict_columns(rows[:0]).shape == (0, 1)


def test_values_that_single_precision_can_not_hold_make_no_noise(fitted, lower):
    model = link_model(lower(fitted[0]["forest"], N_COLUMNS))
    row = [1e300, -1e300, np.inf, 0.0]
    assert np.isfinite(model.predict_row(row)).all()
    assert np.isfinite(model.predict_columns(np.array([row]))).all()
