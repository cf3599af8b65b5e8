from __future__ import annotations

import copy

import pytest

from regression_model.artifact import load_artifact
from regression_model.verification import results


@pytest.fixture(scope="module")
def rebuilt(saved):
    return load_artifact(saved)


def test_files_are_compared_by_kind(content):
    assert {item.state for item in results.compare_files(content, content)} == {"equal"}
    other = copy.deepcopy(content)
    other["files"]["pipeline"]["sha256"] = "0" * 64
    del other["files"]["compiled"]
    other["files"]["booster"] = {"name": "x", "sha256": "1" * 64}
    said = {item.name: item.said for item in results.compare_files(content, other) if item.state == "differs"}
    assert set(said) == {"file: pipeline", "file: compiled", "file: booster"}
    assert said["file: pipeline"].endswith("rebuilt " + "0" * 64)
    assert said["file: compiled"] == "the rebuilt model has none"
    assert said["file: booster"] == "only the rebuilt model has it"


def test_facts_are_equal_to_the_last_digit_or_nearly(content):
    metrics = content["metrics"]
    assert results.compare_facts("metrics", metrics, metrics).said == "to the last digit"
    assert results.compare_facts("x", {"a": 1.0}, {"a": 1.0 + 1e-12}).said == "to a relative 1e-09"
    item = results.compare_facts("x", {"a": 1.0, "b": 1}, {"a": 1.1, "b": 1})
    assert (item.state, item.said) == ("differs", "1 values: a")


def test_golden_rows_are_compared_as_recorded(content, rebuilt):
    assert results.compare_golden_rows(content, rebuilt).said == "10 rows, largest relative difference 0"
    other = copy.deepcopy(content)
    other["golden_rows"]["predictions"][3] *= 1.25
    item = results.compare_golden_rows(other, rebuilt)
    assert item.state == "differs"
    assert item.said == "10 rows, largest relative difference 0.2; 1 moved by more than 1e-09"


def test_golden_rows_that_are_others_are_predicted(content, rebuilt):
    other = copy.deepcopy(content)
    for key in ("rows", "predictions"):
        other["golden_rows"][key] = other["golden_rows"][key][:4]
    item = results.compare_golden_rows(other, rebuilt)
    assert (item.state, item.said.startswith("4 rows")) == ("equal", True)


@pytest.mark.parametrize(
    ("key", "value", "is_like"),
    [
        ("libraries", {"numpy": "1"}, True),
        ("git", None, True),
        ("files", {}, True),
        ("description", "improved", False),
        ("rows", {"total": 10**9}, False),
        ("unheard_of", 1, False),
    ],
)
def test_what_the_data_decides_has_to_be_alike(content, key, value, is_like):
    assert bool(results.find_unlike({**content, key: value}, content)) != is_like
