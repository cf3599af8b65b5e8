from __future__ import annotations

import numpy as np

from regression_model.search.ensembling.greedy import Budget, average, choose_weights


def free(n_candidates, max_members=8):
    return Budget([(0.0,)] * n_candidates, (1.0,), max_members)


def loss_against(target):
    return lambda averaged: float(np.square(averaged - target).mean())


def test_weights_by_hand():
    """The target lies at a quarter of the way from the first to the second answer: three to one."""
    answers = [np.array([0.0, 0.0]), np.array([4.0, 4.0])]

    weights = choose_weights(answers, loss_against(np.array([1.0, 1.0])), free(2), rounds=20)

    assert weights == {0: 0.75, 1: 0.25}
    assert average(answers, weights).tolist() == [1.0, 1.0]


def test_a_perfect_model_stays_alone():
    answers = [np.array([1.0, 2.0]), np.array([5.0, 5.0])]

    assert choose_weights(answers, loss_against(answers[0]), free(2), rounds=20) == {0: 1.0}


def test_of_equal_ones_the_first_is_taken():
    same = np.array([1.0, 3.0])

    assert choose_weights([same, same.copy()], loss_against(np.array([1.0, 2.0])), free(2), rounds=5) == {0: 1.0}


def test_the_budget_binds():
    answers, target = [np.array([0.0]), np.array([4.0]), np.array([2.5])], np.array([2.0])
    budget = Budget([(1.0,), (1.0,), (2.5,)], (2.0,), 8)

    assert choose_weights(answers, loss_against(target), budget, rounds=4) == {0: 0.5, 1: 0.5}
    assert choose_weights(answers, loss_against(target), Budget([(3.0,)] * 3, (2.0,), 8), rounds=4) == {}
    assert choose_weights(answers, loss_against(target), free(3, max_members=1), rounds=4) == {2: 1.0}


def test_members_that_hardly_count_are_left_out():
    answers, target = [np.array([0.0]), np.array([40.0])], np.array([1.2])  # 33 to 1 would be right

    assert choose_weights(answers, loss_against(target), free(2), rounds=40) == {0: 1.0}
