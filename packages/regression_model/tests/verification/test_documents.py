from __future__ import annotations

import pytest

from regression_model.verification.documents import find_differences, shorten


@pytest.mark.parametrize(
    ("one", "other", "paths"),
    [
        ({}, {}, []),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": "1"}, ["a"]),
        ({"a": True}, {"a": 1}, ["a"]),
        ({"a": None}, {}, ["a"]),
        ({"a": {"b": [1, {"c": 2}]}}, {"a": {"b": [1, {"c": 3}]}}, ["a.b.1.c"]),
        ({"a": [1, 2]}, {"a": [1]}, ["a"]),
        ({"a": [1]}, {"a": {"0": 1}}, ["a"]),
        ({"b": 1, "a": 1}, {"b": 2, "a": 2}, ["a", "b"]),
        ({"a": 10**400}, {"a": 1.5}, ["a"]),
    ],
)
def test_each_value_that_differs_is_named(one, other, paths):
    assert list(find_differences(one, other)) == paths
    assert list(find_differences(other, one)) == paths


@pytest.mark.parametrize(("other", "same"), [(1e6 * (1 + 1e-10), True), (1e6 * (1 + 1e-8), False)])
def test_numbers_may_differ_a_little(other, same):
    assert list(find_differences({"a": 1e6}, {"a": other}, tolerance=1e-9)) == ([] if same else ["a"])
    assert list(find_differences({"a": 1e6}, {"a": other})) == ["a"]


def test_numbers_around_zero_are_compared_absolutely():
    assert list(find_differences([1e-17], [-3e-18], tolerance=1e-9)) == []


def test_a_long_list_is_shortened():
    assert shorten(["a"]) == "a"
    assert shorten(list("abcdef")) == "a, b, c, d, e and 1 more"
