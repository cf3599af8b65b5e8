from __future__ import annotations

import sys

import pytest
import sklearn

from regression_model.config import load_config
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
    assert labels[-2:] == ["Trained on", "Held out"]
    assert dict(describe_rows(manifest))["Held out"] == manifest["rows"]["holdout"]


def test_data_and_model_are_named(manifest):
    data, model = dict(describe_data(manifest)), dict(describe_model(manifest))
    assert list(data) == ["Name", "Size", "SHA-256"]
    assert data["Size"] == "800 rows, 81 columns"
    assert f"scikit-learn {sklearn.__version__}" in model["Libraries"]
    assert model["Python"] == "{}.{}".format(*sys.version_info)
    assert model["Git commit"] == "c0ffee, with uncommitted changes"
    assert "Positive class" not in model


def test_the_sample_is_synthetic(trained, manifest):
    assert is_synthetic(trained.manifest.content)
    assert not is_synthetic(manifest)


def test_the_positive_class_is_the_second_of_two():
    def model(classes):
        return dict(describe_model({"metrics": {"holdout": {"classes": classes}}}))

    assert model(["no", "yes"])["Positive class"] == "yes"
    assert "Positive class" not in model(["a", "b", "c"])


def test_steps_leave_out_what_is_not_set(manifest):
    steps = describe_steps(manifest)
    assert [kind for kind, _ in steps] == [step.step for step in load_config().preprocessing]
    assert ("impute_frequent", "columns: category") in steps
    assert ("scale", "method: standard") in steps


@pytest.mark.parametrize(("value", "expected"), [("a", "a"), (["a", "b"], "a, b"), (None, "null"), ([1, 2], "[1, 2]")])
def test_settings_are_one_line(value, expected):
    assert format_setting(value) == expected


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        ({"minimum": 1.0, "maximum": 215000.0}, "1 to 215k"),
        ({"minimum": "2020-01-01", "maximum": "2021-01-01"}, "2020-01-01 to 2021-01-01"),
        ({"categories": {"a": 0.1, "b": 0.9}}, "b, a"),
        ({"categories": dict.fromkeys("hgfedcba", 0.125)}, "a, b, c, d, e, f, … (8 in all)"),
        ({"categories": None, "minimum": None}, ""),
    ],
)
def test_ranges_name_what_was_seen(feature, expected):
    assert describe_range(feature) == expected


def test_an_empty_manifest_has_no_facts():
    assert describe_model({}) == describe_data({}) == describe_rows({}) == describe_steps({}) == []
