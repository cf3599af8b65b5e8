from __future__ import annotations

import pytest

from regression_model.search.batches import Batches
from regression_model.search.records import Candidate, TrialResult


def result(number: int, score: float | None) -> TrialResult:
    candidate = Candidate(number, "sampler", "ridge", {})
    return TrialResult(candidate, "failed" if score is None else "completed", score=score)


def test_the_last_batch_may_be_smaller_and_behind_it_there_is_none():
    batches = Batches(n_trials=5, batch_size=2)
    assert [list(batches.list_numbers(batch)) for batch in range(4)] == [[0, 1], [2, 3], [4], []]


def test_a_batch_waits_for_all_but_the_one_before_it():
    batches = Batches(n_trials=8, batch_size=2)
    done: dict[int, TrialResult] = {}
    assert batches.find_told(0, done) == []
    assert batches.find_told(1, done) == [], "there is work while the first batch runs"
    assert batches.find_told(2, done) is None
    done[1] = result(1, 0.5)
    assert batches.find_told(2, done) is None
    done[0], done[3] = result(0, 0.4), result(3, 0.1)
    assert [each.candidate.number for each in batches.find_told(2, done)] == [0, 1], "not what happens to be there"
    assert batches.find_told(3, done) is None


@pytest.mark.parametrize(
    ("scores", "over"),
    [
        ([], False),
        ([3.0, 2.0], False),
        ([3.0, 2.0, 2.5, 2.0], False),
        ([3.0, 2.0, 2.5, 2.0, 4.0, None], True),
        ([3.0, 2.0, 2.5, 2.0, 4.0, 1.9], False),
        ([None, None, None, None], True),
        ([None, None, None, None, 1.0, 1.0], False),
    ],
)
def test_a_search_is_over_after_so_many_batches_without_improvement(scores, over):
    told = [result(number, score) for number, score in enumerate(scores)]
    assert Batches(99, 2, early_stopping=2).is_over(told) is over
    assert not Batches(99, 2).is_over(told)
    mirrored = [result(number, None if score is None else -score) for number, score in enumerate(scores)]
    assert Batches(99, 2, early_stopping=2, minimize=False).is_over(mirrored) is over
