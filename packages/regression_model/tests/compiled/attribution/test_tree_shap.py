from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from threadpoolctl import threadpool_limits

import regression_model.compiled.attribution.tree_shap as module
from regression_model.compiled.attribution.nodes import TreeNodes, separate
from regression_model.compiled.attribution.tree_shap import TreeShap
from regression_model.compiled.models import link_model
from regression_model.compiled.models.trees import LEAF
from regression_model.compiled.program import Program

# Both sides are sums of some hundred terms of size one: the last bits.
TOLERANCE = 1e-10
N_COLUMNS = 5


def expect(tree: TreeNodes, row: np.ndarray, known: set[int], node: int = 0) -> np.ndarray:
    """What the row reaches on average if only the known columns decide: the definition, node by node."""
    column = tree.feature[node]
    if column == LEAF:
        return tree.values[node]
    left, right = tree.left[node], tree.right[node]
    if column in known:
        value = row[column]
        goes_left = tree.missing_left[node] if np.isnan(value) else value <= tree.threshold[node]
        return expect(tree, row, known, left if goes_left else right)
    parts = [tree.cover[child] / tree.cover[node] * expect(tree, row, known, child) for child in (left, right)]
    return parts[0] + parts[1]


def shapley(trees: list[TreeNodes], row: np.ndarray) -> np.ndarray:
    """Shapley values by their definition: a weighted mean over all coalitions; (n_columns, n_outputs)."""
    worth = {
        members: sum(expect(tree, row, set(members)) for tree in trees)
        for size in range(N_COLUMNS + 1)
        for members in combinations(range(N_COLUMNS), size)
    }
    found = np.zeros((N_COLUMNS, trees[0].values.shape[1]))
    for members, value in worth.items():
        for column in set(range(N_COLUMNS)) - set(members):
            weight = factorial(len(members)) * factorial(N_COLUMNS - len(members) - 1) / factorial(N_COLUMNS)
            found[column] += weight * (worth[tuple(sorted({*members, column}))] - value)
    return found


def build_table(n_rows: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Rows with ties, missing values and a target that needs several columns at once."""
    generator = np.random.default_rng(4)
    rows = generator.normal(size=(n_rows, N_COLUMNS)).round(1)
    known = rows.copy()
    rows[generator.random(rows.shape) < 0.15] = np.nan
    return rows, known[:, 0] * known[:, 1] + np.abs(known[:, 2]) + generator.normal(size=n_rows) / 5


def read_models(lower) -> dict[str, list[TreeNodes]]:
    rows, target = build_table()
    three = np.digitize(target, [0.0, 1.0])
    few = {"n_estimators": 4, "random_state": 1}
    boosting = {"max_iter": 4, "min_samples_leaf": 3, "learning_rate": 0.5}
    forest = RandomForestRegressor(**few).fit(rows, target)
    extra = ExtraTreesRegressor(**few, max_depth=6).fit(rows, target)
    classes = RandomForestClassifier(**few, max_depth=6, class_weight="balanced_subsample").fit(rows, three)
    boosted = HistGradientBoostingRegressor(**boosting).fit(rows, target)
    boosted_classes = HistGradientBoostingClassifier(**boosting, class_weight="balanced").fit(rows, three)
    return {
        "random forest, full depth": read_trees(lower(forest, N_COLUMNS)),
        "extra trees": read_trees(lower(extra, N_COLUMNS)),
        "random forest of three classes": read_trees(lower(classes, N_COLUMNS)),
        "boosting": read_trees(lower(boosted, N_COLUMNS)),
        "boosting, third class": read_trees(lower(boosted_classes, N_COLUMNS), first=2, step=3),
    }


def read_trees(program: Program, first: int = 0, step: int = 1) -> list[TreeNodes]:
    model = link_model(program)
    n_trees = len(model.trees.starts) - 1
    return list(separate(model.trees, first, step, 1 / n_trees if model.kind == "forest" else 1.0))


@pytest.fixture(scope="module")
def models(lower) -> dict[str, list[TreeNodes]]:
    with threadpool_limits(1):  # on a busy machine the threads of a small fit wait for each other
        return read_models(lower)


EACH = [
    "random forest, full depth",
    "extra trees",
    "random forest of three classes",
    "boosting",
    "boosting, third class",
]


@pytest.mark.parametrize("name", EACH)
def test_equals_the_definition(models, name):
    trees = models[name]
    shap = TreeShap(trees, N_COLUMNS)
    rows = build_table()[0]
    unseen = np.array([[9.0, -9.0, np.nan, 0.05, -0.05], [np.nan] * N_COLUMNS])
    np.testing.assert_allclose(shap.expected, sum(expect(tree, rows[0], set()) for tree in trees), atol=TOLERANCE)
    for row in np.concatenate([rows[:3], unseen]):
        right = shapley(trees, row)
        assert np.abs(right).max() > 0.01, "nothing to compare"
        for output in range(right.shape[1]):
            np.testing.assert_allclose(shap.explain(row, output), right[:, output], atol=TOLERANCE)


def test_a_way_that_splits_by_one_column_again_and_again():
    # 0 < x <= 1 within x <= 2 within x > -1, with another column in between.
    tree = TreeNodes(
        feature=np.array([0, LEAF, 0, 1, 0, LEAF, LEAF, LEAF, LEAF]),
        threshold=np.array([-1.0, 0, 2, 0.5, 0, 0, 0, 0, 0]),
        missing_left=np.array([False, False, True, True, False, False, False, False, False]),
        left=np.array([1, 0, 3, 4, 5, 0, 0, 0, 0]),
        right=np.array([2, 0, 8, 7, 6, 0, 0, 0, 0]),
        cover=np.array([20.0, 5, 15, 12, 7, 3, 4, 5, 3]),
        values=np.array([[0.0], [1], [0], [0], [0], [2], [-3], [5], [8]]),
    )
    shap = TreeShap([tree], N_COLUMNS)
    for first in (-2.0, -1.0, 0.0, 0.5, 2.0, 3.0, np.nan):
        for second in (0.0, 1.0, np.nan):
            row = np.array([first, second, 0, 0, 0])
            np.testing.assert_allclose(shap.explain(row, 0), shapley([tree], row)[:, 0], atol=TOLERANCE)


def test_infinite_values_go_where_they_compare_to():
    tree = TreeNodes(
        feature=np.array([0, LEAF, LEAF]),
        threshold=np.array([0.0, 0, 0]),
        missing_left=np.zeros(3, dtype=bool),
        left=np.array([1, 0, 0]),
        right=np.array([2, 0, 0]),
        cover=np.array([2.0, 1, 1]),
        values=np.array([[0.0], [1], [3]]),
    )
    shap = TreeShap([tree], 1)
    assert [shap.explain(np.array([value]), 0)[0] for value in (-np.inf, np.inf)] == pytest.approx([-1, 1])


def test_a_tree_that_is_one_leaf_adds_to_the_base_only():
    leaf = TreeNodes(
        feature=np.array([LEAF]),
        threshold=np.zeros(1),
        missing_left=np.zeros(1, dtype=bool),
        left=np.zeros(1, dtype=np.intp),
        right=np.zeros(1, dtype=np.intp),
        cover=np.ones(1),
        values=np.array([[7.0]]),
    )
    shap = TreeShap([leaf], 2)
    assert shap.expected.tolist() == [7.0]
    assert shap.explain(np.array([np.nan, 1.0]), 0).tolist() == [0.0, 0.0]


def test_deep_trees_of_many_columns_add_up(lower):
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(1500, 60)).astype(np.float32).astype(float)
    model = ExtraTreesRegressor(n_estimators=20, max_features=1, random_state=0).fit(rows, rows @ np.arange(60))
    assert max(tree.get_depth() for tree in model.estimators_) > 15
    shap = TreeShap(read_trees(lower(model, 60)), 60)
    totals = [shap.explain(row, 0).sum() + shap.expected[0] for row in rows[:5]]
    np.testing.assert_allclose(totals, model.predict(rows[:5]), rtol=TOLERANCE)


def test_trees_may_be_worked_on_in_any_portions(models, monkeypatch):
    trees, row = models["boosting"], build_table()[0][0]
    together = TreeShap(trees, N_COLUMNS).explain(row, 0)
    monkeypatch.setattr(module, "_NODES_AT_ONCE", 1)
    np.testing.assert_allclose(TreeShap(trees, N_COLUMNS).explain(row, 0), together, atol=TOLERANCE)


def test_equals_what_lightgbm_says_of_its_own_trees():
    lightgbm = pytest.importorskip("lightgbm")
    rows, target = build_table(600)
    settings = {"objective": "regression", "num_leaves": 12, "min_data_in_leaf": 5, "verbose": -1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(rows, target), num_boost_round=15)
    trees = [read_lightgbm(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    shap = TreeShap(trees, N_COLUMNS)
    right = booster.predict(rows[:20], pred_contrib=True)
    np.testing.assert_allclose([shap.explain(row, 0) for row in rows[:20]], right[:, :-1], atol=TOLERANCE)
    assert shap.expected[0] == pytest.approx(right[0, -1], rel=TOLERANCE)


def read_lightgbm(root: dict) -> TreeNodes:
    """Turn a tree of LightGBM's dump into arrays; all its columns have missing values, so each split says where."""
    nodes: list[dict] = []

    def add(node: dict) -> int:
        nodes.append(node)
        position = len(nodes) - 1
        if "split_feature" in node:
            assert node["decision_type"] == "<="
            assert node["missing_type"] == "NaN"
            node["left"], node["right"] = add(node["left_child"]), add(node["right_child"])
        return position

    add(root)
    return TreeNodes(
        feature=np.array([node.get("split_feature", LEAF) for node in nodes]),
        threshold=np.array([node.get("threshold", 0.0) for node in nodes]),
        missing_left=np.array([node.get("default_left", False) for node in nodes]),
        left=np.array([node.get("left", 0) for node in nodes]),
        right=np.array([node.get("right", 0) for node in nodes]),
        cover=np.array([node.get("internal_count", node.get("leaf_count")) for node in nodes], dtype=float),
        values=np.array([[node.get("leaf_value", 0.0)] for node in nodes]),
    )
