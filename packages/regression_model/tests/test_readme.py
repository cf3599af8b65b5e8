"""The tables of the README say what the code says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from regression_model.config import Config
from regression_model.families.registry import model_families
from regression_model.schema import PARSERS
from regression_model.steps.registry import step_kinds

README = Path(__file__).parent.parent / "README.md"


def read_table(section, first):
    """Return the rows of a table by the name in their first column; cells of code become lists of it."""
    text = README.read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    table = text.split(f"| {first} |")[1]
    rows = {}
    for line in re.findall(r"^\| `.*\|$", table.split("\n\n")[0], flags=re.MULTILINE):
        name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        rows[name.strip("`")] = [re.findall(r"`([^`]+)`", cell) or cell for cell in cells]
    return rows


def write_parameters(model, own):
    """Write the parameters of a step or family with their defaults, as the README does."""
    written = []
    for name, field in model.model_fields.items():
        if name in own:
            continue
        value = None if field.is_required() else field.get_default(call_default_factory=True)
        shown = value or '""' if isinstance(value, str) else json.dumps(value).replace('"', "")
        written.append(name if field.is_required() else f"{name}: {shown}")
    return written


def test_the_readme_has_a_row_for_each_thing_that_a_config_can_name():
    assert list(read_table("Preprocessing steps", "step")) == list(step_kinds())
    assert list(read_table("Model families", "family")) == list(model_families())
    assert list(read_table("How values are read", "type")) == list(PARSERS)


@pytest.mark.parametrize("kind", step_kinds())
def test_a_step_is_described_as_it_is(kind):
    step = step_kinds()[kind]
    kinds, columns, parameters, does = read_table("Preprocessing steps", "step")[kind]
    assert kinds == list(step.accepts)
    assert (columns or []) == list(step.default_columns)
    assert (parameters or []) == write_parameters(step, ("step", "columns"))
    assert does


@pytest.mark.parametrize("name", model_families())
def test_a_family_is_described_as_it_is(name):
    family = model_families()[name]
    tasks, missing, parameters, what = read_table("Model families", "family")[name]
    assert tasks == list(family.tasks)
    assert missing == ("yes" if family.handles_missing else "no")
    assert parameters == write_parameters(family, ("family",))
    assert what


def test_every_key_of_a_config_is_named():
    text = README.read_text(encoding="utf-8").split("\n## The configuration\n")[1].split("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", text))
    assert set(Config.model_fields) <= named
    for section in ("data", "target", "features", "evaluation"):
        missing = set(Config.model_fields[section].annotation.model_fields) - named
        assert not missing, section
