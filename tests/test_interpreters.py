"""The line that says which Pythons were tested."""

from __future__ import annotations

import importlib.util
from pathlib import Path

SPEC = importlib.util.spec_from_file_location("interpreters", Path(__file__).with_name("interpreters.py"))
interpreters = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(interpreters)


def test_tested_missing_and_unselected_interpreters_are_told_apart(tmp_path):
    # Given a run of which 3.11 was tested, 3.12 is not on the machine, and 3.13 was not asked for
    (tmp_path / "py311-model").mkdir()
    (tmp_path / "py311-model" / "pyvenv.cfg").write_text("home = /usr/bin\nversion_info = 3.11.7\n")
    result = {
        "testenvs": {
            "lint": {"result": {"skipped": False}},
            "py311-model": {"result": {"skipped": False}},
            "py312-model": {"result": {"skipped": True}},
            "py313-model": {},
        }
    }
    # When it is summed up, then each has its own words, or none
    summary = interpreters.build_summary(result, tmp_path)
    assert summary == "Pythons: 3.11.7 tested, 3.12 not found, skipped"


def test_a_run_without_tests_says_nothing(tmp_path):
    assert interpreters.build_summary({"testenvs": {"lint": {"result": {"skipped": False}}}}, tmp_path) == ""
