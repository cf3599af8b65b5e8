from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regression_model.lowering.knowledge import (
    ANY_NUMBER,
    LARGEST,
    NO_NUMBER,
    Dates,
    Numbers,
    Texts,
    image,
    of_feature,
    of_values,
    union,
)
from regression_model.schema import Feature

finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        (Feature("a", "number", nullable=True), Numbers(-LARGEST, LARGEST, missing=True)),
        (Feature("a", "boolean", nullable=False), Numbers(0.0, 1.0, missing=False)),
        (Feature("a", "integer", False, exclusive_minimum=0.0), Numbers(5e-324, LARGEST, missing=False)),
        (Feature("a", "category", True, categories={"x": 1.0}), Texts(None, missing=True)),
        (Feature("a", "category", False, categories={"x": 1.0}, on_unseen="reject"), Texts(frozenset({"x"}), False)),
        (Feature("a", "datetime", nullable=True), Dates(missing=True)),
    ],
)
def test_features(feature, expected):
    assert of_feature(feature) == expected


@given(st.lists(finite, min_size=4, max_size=4), st.lists(st.floats(0, 1), min_size=2, max_size=2))
@pytest.mark.parametrize("function", [np.add, np.subtract, np.multiply])
def test_results_lie_within_the_image(function, ends, positions):
    parts = [Numbers(min(pair), max(pair), missing=False) for pair in (ends[:2], ends[2:])]
    known = image(function, parts)
    with np.errstate(all="ignore"):
        inside = [
            np.clip(np.float64(part.lower + position * (part.upper - part.lower)), part.lower, part.upper)
            for part, position in zip(parts, positions, strict=True)
        ]
        result = function(*inside)
    if np.isnan(inside).any() or math.isnan(result):
        return
    assert known.lower <= result <= known.upper


def test_image_of_what_is_infinite_may_be_missing():
    assert image(np.subtract, [Numbers(0, math.inf, missing=False)] * 2) == ANY_NUMBER
    assert image(np.subtract, [Numbers(-LARGEST, LARGEST, missing=False)] * 2) == Numbers(missing=False)


def test_image_of_nothing_is_nothing():
    assert image(np.exp, [NO_NUMBER]) == NO_NUMBER
    assert NO_NUMBER.is_empty
    assert not NO_NUMBER.can_be_infinite
    assert not NO_NUMBER.exceeds(0)
    assert NO_NUMBER.only_value is None


def test_union_and_values():
    assert union(Numbers(0, 1, missing=False), Numbers(3, 3, missing=True)) == Numbers(0, 3, missing=True)
    assert of_values([2.0, math.nan, 1.0], missing=False) == Numbers(1.0, 2.0, missing=True)
    assert of_values([], missing=False) == NO_NUMBER
    assert of_values([2.0], missing=False).only_value == 2.0
    assert Numbers(2.0, 2.0, missing=True).only_value is None


def test_texts_that_can_differ():
    assert Texts(None).can_differ_from({"a"})
    assert Texts(frozenset({"a", "b"})).can_differ_from({"a"})
    assert not Texts(frozenset({"a"})).can_differ_from(["a", "b"])
