from __future__ import annotations

import hashlib
from importlib.resources import files

import pytest

from regression_model.verification import surroundings

CLEAN = {"commit": "a" * 40, "dirty": False}
DIRTY = {"commit": "a" * 40, "dirty": True}
OTHER = {"commit": "b" * 40, "dirty": False}


@pytest.mark.parametrize(
    ("recorded", "here", "state", "reason"),
    [
        (CLEAN, CLEAN, "equal", ""),
        (CLEAN, DIRTY, "differs", "there are uncommitted changes here"),
        (CLEAN, OTHER, "differs", "the repository here is at another commit"),
        (CLEAN, None, "unknown", "verify in a clone of the repository"),
        (DIRTY, DIRTY, "unknown", "it was trained with uncommitted changes, which nobody else has"),
        (DIRTY, CLEAN, "unknown", "it was trained with uncommitted changes"),
        (None, None, "unknown", ""),
        (None, CLEAN, "differs", "trained outside of a Git repository"),
        ("x", CLEAN, "differs", "trained outside of a Git repository"),
    ],
)
def test_commits(recorded, here, state, reason):
    item = surroundings.compare_commits(recorded, here)
    assert item.state == state
    assert reason in item.reason
    assert bool(reason) == bool(item.reason)


def test_libraries_that_differ_are_named_with_both_versions():
    same = surroundings.compare_libraries({"numpy": "2.4.6"}, {"numpy": "2.4.6"})
    assert (same.state, same.said, same.reason) == ("equal", "numpy 2.4.6", "")
    item = surroundings.compare_libraries({"numpy": "2.4.6", "pandas": "3"}, {"numpy": "2.5.0", "scipy": "1"})
    assert item.said == "numpy 2.4.6, here 2.5.0; pandas 3, here none; scipy not recorded, here 1"
    assert "numpy 2.4.6, here 2.5.0" in item.reason
    assert surroundings.compare_libraries(None, {"numpy": "2"}).state == "unknown"


def test_another_python_is_a_reason():
    item = surroundings.compare_platforms({"python": "3.11"}, {"python": "3.12"})
    assert item.state == "differs"
    assert "minor version of Python" in item.reason


def test_another_processor_and_no_pinning_are_reasons():
    assert surroundings.compare_environments({"TZ": "UTC"}, {"TZ": "UTC"}).state == "equal"
    item = surroundings.compare_environments({"OPENBLAS_CORETYPE": "Haswell"}, {})
    assert "processor of another family" in item.reason
    item = surroundings.compare_environments(None, {"TZ": "UTC"})
    assert (item.state, "without a pinned environment" in item.reason) == ("unknown", True)


@pytest.mark.parametrize(
    ("recorded", "here", "state"),
    [
        ("a", "a", "equal"),
        ("a", "b", "differs"),
        ("a", None, "differs"),
        (None, "a", "differs"),
        (None, None, "unknown"),
    ],
)
def test_locks(recorded, here, state):
    item = surroundings.compare_locks(recorded, here)
    assert item.state == state
    assert bool(item.reason) == (state == "differs")


def test_a_config_has_to_be_what_its_own_digest_says(content):
    assert surroundings.compare_config(content, content).state == "equal"
    other = {**content, "config": {**content["config"], "seed": 7}}
    assert surroundings.compare_config(other, content).reason == "the manifest contradicts itself"
    assert (
        "description"
        in surroundings.compare_config(content, {"config": {**content["config"], "description": "x"}}).said
    )


def test_the_code_of_a_wheel_is_compared_with_what_is_installed():
    code = files("regression_model").joinpath("errors.py").read_bytes()
    same = {"errors.py": hashlib.sha256(code).hexdigest()}
    assert surroundings.compare_code(same).state == "equal"
    item = surroundings.compare_code({**same, "cli/evil.py": "0" * 64, "registry.py": "0" * 64})
    assert item.said == "2 of 3 files are not those installed here: cli/evil.py, registry.py"
    assert item.reason
