from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from ml_api.settings import Settings, describe_settings

README = Path(__file__).parents[2] / "README.md"


def test_the_table_of_the_readme_is_that_of_the_code():
    found = re.search(r"(?m)^\| variable \|(?:.*\n\|)*.*\n", README.read_text(encoding="utf-8"))
    assert found is not None, "the README has no table that begins with '| variable |'"
    assert found[0] == describe_settings(), f"put this table into the README:\n\n{describe_settings()}"


def test_the_table_has_a_row_for_each_setting():
    variables = re.findall(r"(?m)^\| `(\w+)` \|", describe_settings())
    assert variables == ["ML_API_ENV", *(f"ML_API_{item.name.upper()}" for item in fields(Settings))]


def test_defaults_that_differ_between_environments_are_told():
    assert "| `2`; development: `1`; testing: `1` |" in describe_settings()
