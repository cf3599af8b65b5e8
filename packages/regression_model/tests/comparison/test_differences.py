from __future__ import annotations

import json
import math

import pytest

from regression_model.comparison.differences import (
    N_MOVERS,
    Answers,
    compare_answers,
    measure_difference,
    measure_relative,
)


def compare(old, new, tolerance=1e-6):
    return compare_answers(Answers(old), Answers(new), source="rows", tolerance=tolerance)


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        (100.0, 100.0, 0.0),
        (100.0, 90.0, 0.1),
        (90.0, 100.0, 0.1),
        (-1.0, 1.0, 2.0),
        (0.0, -0.0, 0.0),
        (0.0, 1e-300, 1.0),
        (math.nan, 1.0, math.inf),
        (math.inf, math.inf, 0.0),
        (math.inf, 1.0, math.inf),
    ],
)
def test_a_difference_is_relative_to_the_larger_number(one, other, difference):
    assert measure_relative(one, other) == pytest.approx(difference, rel=1e-12)


def test_a_row_moves_when_it_differs_by_more_than_the_tolerance():
    found = compare([1.0, 1.0, 1.0], [1.0, 1.0 + 1e-7, 1.0 + 1e-5])
    assert (found.n_rows, found.n_moved) == (3, 1)
    assert [move.row for move in found.movers] == [3]
    assert found.maximum == pytest.approx(1e-5, rel=1e-4)
    assert found.median == pytest.approx(1e-7, rel=1e-4)


def test_a_row_that_one_refuses_has_moved_however_large_the_tolerance():
    found = compare([1.0, None, None], [None, 2.0, None], tolerance=1.0)
    assert (found.n_moved, found.n_newly_refused, found.n_newly_answered, found.n_refused_by_both) == (2, 1, 1, 1)
    assert found.median is None
    assert [move.to_json()["difference"] for move in found.movers] == [None, None]


def test_the_biggest_movers_come_first_and_are_few():
    new = [1.0 + number / 100 for number in range(30)]
    found = compare([1.0] * 30, new)
    assert len(found.movers) == N_MOVERS
    assert [move.row for move in found.movers] == list(range(30, 30 - N_MOVERS, -1))
    assert found.n_moved == 29
    assert found.moved_share == pytest.approx(29 / 30)


def test_a_class_moves_with_its_probability_or_its_label():
    old = Answers(["a", "a", "a"], [{"a": 0.6, "b": 0.4}, {"a": 0.6, "b": 0.4}, {"a": 0.5000001, "b": 0.4999999}])
    new = Answers(["a", "a", "b"], [{"a": 0.6, "b": 0.4}, {"a": 0.7, "b": 0.3}, {"a": 0.4999999, "b": 0.5000001}])
    found = compare_answers(old, new, source="rows", tolerance=1e-3)
    assert [move.row for move in found.movers] == [2, 3]
    assert measure_difference(old, new, 1) == pytest.approx(0.1)


def test_a_class_that_only_one_knows_had_no_probability():
    old, new = Answers(["a"], [{"a": 1.0}]), Answers(["a"], [{"a": 0.7, "b": 0.3}])
    assert measure_difference(old, new, 0) == pytest.approx(0.3)


def test_labels_without_probabilities_are_certain():
    assert measure_difference(Answers(["a"]), Answers(["b"]), 0) == 1.0
    assert measure_difference(Answers(["a"]), Answers(["a"]), 0) == 0.0


def test_a_number_is_never_a_label():
    assert measure_difference(Answers(["1.0"]), Answers([1.0]), 0) == math.inf


def test_the_report_is_json():
    text = json.dumps(compare([1.0, None], [2.0, 1.0]).to_json(), allow_nan=False)
    assert json.loads(text)["movers"][0] == {"row": 2, "old": None, "new": 1.0, "difference": None}


def test_answers_of_different_length_are_a_defect():
    with pytest.raises(ValueError, match="2 answers can't be compared with 1"):
        compare([1.0, 2.0], [1.0])
