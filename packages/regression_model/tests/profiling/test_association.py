from __future__ import annotations

import numpy as np
import pytest

from regression_model.profiling.association import (
    as_bins,
    as_codes,
    as_scores,
    determines,
    explained_by_groups,
    explained_by_order,
)


def test_random_groups_explain_nothing():
    generator = np.random.default_rng(0)
    groups, target = generator.integers(0, 50, 2000), generator.normal(size=2000)
    # The adjustment makes the expected share 0; its standard deviation is about sqrt(2 * 50) / 2000.
    assert abs(explained_by_groups(groups, as_scores(target))) < 0.02


def test_groups_that_are_the_target_explain_all():
    target = np.array(["a", "b", "c"] * 10, dtype=object)
    assert explained_by_groups(as_codes(target), as_scores(target)) == pytest.approx(1)


def test_rows_without_target_are_passed_over():
    target = np.array([1.0, 2.0, np.nan, 1.0, 2.0, np.nan])
    groups = np.array([0, 1, 1, 0, 1, 0])
    assert explained_by_groups(groups, as_scores(target)) == pytest.approx(1)
    labels = np.array(["x", "y", None, "x", "y", None], dtype=object)
    assert explained_by_groups(groups, as_scores(labels)) == pytest.approx(1)


@pytest.mark.parametrize("target", [np.full(6, 3.0), np.array(["x"] * 6, dtype=object)])
def test_a_constant_target_leaves_nothing_to_explain(target):
    assert explained_by_groups(np.array([0, 0, 1, 1, 2, 2]), as_scores(target)) == 0


def test_a_group_for_each_row_explains_nothing():
    assert explained_by_groups(np.arange(6), as_scores(np.arange(6.0))) == 0


def test_order_explains_monotone_targets_and_not_bumps():
    numbers = np.arange(-10.0, 11)
    assert explained_by_order(numbers, as_scores(np.exp(numbers))) == pytest.approx(1)
    assert explained_by_order(numbers, as_scores(-numbers)) == pytest.approx(1)
    assert explained_by_order(numbers, as_scores(numbers**2)) == pytest.approx(0, abs=1e-12)


def test_bins_hold_equal_values_together_and_missing_ones_apart():
    numbers = np.array([5.0, 5.0, np.nan, 7.0, 9.0])
    bins = as_bins(numbers)
    assert bins[0] == bins[1]
    assert len({bins[0], bins[2], bins[3], bins[4]}) == 4
    assert len(np.unique(as_bins(np.arange(1000.0)))) == 20


def test_determines():
    target = np.array([0, 0, 1, 1])
    assert determines(np.array([3, 3, 4, 5]), target)
    assert not determines(np.array([3, 3, 3, 5]), target)
