from __future__ import annotations

import pytest

from regression_model.evaluation.facts import (
    describe_data,
    describe_model,
    describe_range,
    describe_rows,
    describe_steps,
    format_setting,
    is_synthetic,
)


def test_rows_are_told_in_the_order_in_which_they_are_lost(manifest):
    labels = [label for label, _ in describe_rows(manifest)]
    assert labels[:2] == ["Read", "Left out: target is missing"]
    assert labels[-3:] == ["Used", "Trained on", "Held out"]


def test_data_and_model_are_named(manifest):
    assert ("Size", "2,344 rows, 81 columns") in describe_data(manifest)
    assert ("Libraries", "numpy 2.4.6, scikit-learn 1.9.1") in describe_model(manifest)
    assert not is_synthetic(manifest)


def test_the_positive_class_is_the_second_of_two():
    def model(classes):
        return dict(describe_model({"metrics": {"holdout": {"classes": classes}}}))

    assert model(["no", "yes"])["Positive class"] == "yes"
    assert "Positive class" not in model(["a", "b", "c"])


def test_steps_leave_out_what_is_not_set(manifest):
    assert describe_steps(manifest) == [
        ("impute_number", "columns: area|m2, rooms; by: median"),
        ("one_hot", ""),
    ]
    assert describe_steps({"preprocessing": ["scale", {"clip": 2}]}) == [("scale", ""), ("step", "clip: 2")]


@pytest.mark.parametrize(("value", "expected"), [("a", "a"), (["a", "b"], "a, b"), (None, "null"), ([1, 2], "[1, 2]")])
def test_settings_are_one_line(value, expected):
    assert format_setting(value) == expected


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        ({"minimum": 1.0, "maximum": 215000.0}, "1 to 215k"),
        ({"minimum": "2020-01-01", "maximum": "2021-01-01"}, "2020-01-01 to 2021-01-01"),
        ({"categories": {"a": 0.9, "b": 0.1}}, "a, b"),
        ({"categories": None, "minimum": None}, ""),
    ],
)
def test_ranges_name_what_was_seen(feature, expected):
    assert describe_range(feature) == expected


def test_an_empty_manifest_has_no_facts():
    assert describe_model({}) == describe_data({}) == describe_rows({}) == describe_steps({}) == []
