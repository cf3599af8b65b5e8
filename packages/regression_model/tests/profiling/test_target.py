from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.errors import DataError
from regression_model.profiling.cells import read_cells
from regression_model.profiling.target import profile_target


def profile_of(values):
    return profile_target(read_cells("y", pd.Series(values, dtype=object)))


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (["yes", "no"] * 20, "classification"),
        (["0", "1"] * 20, "classification"),
        (["3.5", "7"] * 20, "classification"),
        (["a", "b", "c"] * 20, "classification"),
        (["0", "1", "2"] * 20, "classification"),
        (["1", "2", "3", "4"] * 20, "classification"),
        (["3", "4", "5", "6"] * 20, "regression"),  # grades, not codes
        (["0", "2", "4"] * 20, "regression"),
        ([str(n) for n in range(40)], "regression"),
        ([str(n) for n in range(1, 11)], "regression"),  # a row of each: a count
        (["0.5", "1.5", "2.5"] * 20, "regression"),
    ],
)
def test_task(values, task):
    assert profile_of(values).task == task


def test_a_long_tail_of_positive_numbers_is_learned_as_logarithm():
    prices = np.exp(np.random.default_rng(0).normal(12, 0.8, 500))
    profile = profile_of(prices)
    assert profile.transform == "log"
    assert "skew falls from" in profile.transform_reason


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        (np.random.default_rng(0).normal(100, 5, 500), "would suit a long tail"),
        (np.append(np.exp(np.random.default_rng(0).normal(12, 0.8, 500)), 0.0), "zero or negative"),
        (np.append(np.random.default_rng(0).normal(100, 1, 400), [1e-9, 200.0, 200.0]), "is no better"),
    ],
)
def test_other_numbers_are_not_transformed(numbers, reason):
    profile = profile_of(numbers)
    assert profile.transform == "none"
    assert reason in profile.transform_reason


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        (["no", "no", "yes"] * 9, "yes"),
        (["0", "1"] * 9, "1"),
        (["False", "True"] * 9, "True"),
        (["cat", "dog"] * 9, None),
        (["yes", "no", "maybe"] * 9, None),
    ],
)
def test_the_positive_class_is_the_one_that_says_yes(values, positive):
    assert profile_of(values).positive_class == positive


def test_rows_without_target_are_counted():
    profile = profile_of(["a", "b", ""] * 10)
    assert (profile.n_missing, profile.classes) == (10, {"a": 10, "b": 10})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["1", "2", "3"], "has a value in 3 of 3 rows; at least 10"),
        ([""] * 30, "has a value in 0 of 30 rows"),
        (["7"] * 30, "is '7' in all rows"),
        (
            [f"name {n}" for n in range(30)],
            r"30 distinct texts in 30 rows \('name 0', .*too many for classes$",
        ),
        ([*map(str, range(500)), "?"], "500 of them are numbers, so to predict a number"),
        ([f"2024-01-{n:02}" for n in range(1, 30)], "holds dates"),
        (["a"] * 30 + ["b"] * 30 + ["c"], r"classes with a single row \('c'\)"),
    ],
)
def test_targets_that_cant_be_learned(values, message):
    with pytest.raises(DataError, match=message):
        profile_of(values)
