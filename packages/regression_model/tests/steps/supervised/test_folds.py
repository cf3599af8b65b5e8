from __future__ import annotations

import numpy as np
import pytest

from regression_model.steps.supervised.folds import CrossFitting, assign_folds, assign_group_folds


def test_folds_have_equal_numbers_and_targets_alike():
    target = np.random.default_rng(0).lognormal(0, 1, (1003, 1))
    folds = assign_folds(target, 5, 1)
    assert sorted(np.bincount(folds)) == [200, 200, 201, 201, 201]
    means = [target[folds == fold].mean() for fold in range(5)]
    assert np.ptp(means) < 0.1 * target.mean()
    assert not np.array_equal(folds, assign_folds(target, 5, 2))
    np.testing.assert_array_equal(folds, assign_folds(target, 5, 1))


def test_a_row_keeps_its_fold_wherever_it_stands():
    target = np.random.default_rng(0).normal(0, 1, (100, 1))
    order = np.random.default_rng(1).permutation(100)
    np.testing.assert_array_equal(assign_folds(target[order], 4, 0), assign_folds(target, 4, 0)[order])


def test_fewer_rows_than_folds():
    assert len(set(assign_folds(np.arange(3.0)[:, None], 5, 0).tolist())) == 3


def test_groups_are_in_one_fold_each_and_folds_are_alike():
    random = np.random.default_rng(0)
    groups = random.choice(80, 1000, p=(weights := random.uniform(1, 5, 80)) / weights.sum())
    target = (random.normal(0, 1, 80)[groups] + random.normal(0, 0.1, 1000))[:, None]
    folds = assign_group_folds(target, groups, 5, 1)
    assert all(len(set(folds[groups == group])) == 1 for group in range(80))
    assert np.ptp(np.bincount(folds)) < 40  # of 200 in each: a group has 12 or 13 rows
    assert np.ptp([target[folds == fold].mean() for fold in range(5)]) < 0.3  # by chance 0.6: 16 groups in each
    order = random.permutation(1000)
    np.testing.assert_array_equal(assign_group_folds(target[order], groups[order], 5, 1), folds[order])
    assert not np.array_equal(folds, assign_group_folds(target, groups, 5, 2))


def test_fewer_groups_than_folds():
    target, fitting = np.arange(6.0)[:, None], CrossFitting()
    two = fitting.assign(target, np.array([0, 0, 1, 1, 1, 0]))
    assert two[0] == two[1] == two[5] != two[2] == two[3] == two[4]
    np.testing.assert_array_equal(fitting.assign(target, np.zeros(6, dtype=int)), fitting.assign(target))


@pytest.mark.parametrize(
    ("classes", "labels", "expected"),
    [
        ((), ["no", "yes", "no"], [[0], [1], [0]]),
        ((), ["no", "no"], [[0], [0]]),
        ((), [True, False], [[1], [0]]),
        (("a", "b", "c"), ["b", "a"], [[0, 1, 0], [1, 0, 0]]),
    ],
)
def test_labels_become_shares(classes, labels, expected):
    found = CrossFitting("classification", classes).read(np.array(labels, dtype=object), "X")
    assert found.tolist() == expected


def test_classes_have_to_be_named_if_there_are_more_than_two():
    with pytest.raises(
        ValueError, match=r"X\.classes: the target has 3 classes \(a, b, c, \.\.\.\); with more than two"
    ):
        CrossFitting("classification").read(["a", "b", "c"], "X")
    with pytest.raises(ValueError, match=r"X\.classes: the target has classes that are not named: c"):
        CrossFitting("classification", ("a", "b")).read(["a", "b", "c"], "X")
