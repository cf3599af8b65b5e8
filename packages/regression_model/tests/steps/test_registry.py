from __future__ import annotations

from typing import Literal, get_args

import pytest

import regression_model.steps as package
from regression_model.registry import find_alternatives
from regression_model.steps.base import Step
from regression_model.steps.registry import step_kinds


def test_kinds_are_sorted_and_have_the_name_that_they_are_found_under():
    kinds = step_kinds()
    assert list(kinds) == sorted(kinds)
    for name, kind in kinds.items():
        assert name in get_args(kind.model_fields["step"].annotation)
        assert issubclass(kind, Step)


def test_the_base_class_is_no_kind():
    assert Step not in step_kinds().values()


def test_a_file_is_all_that_a_new_kind_needs(tmp_path, monkeypatch):
    source = (
        "from typing import Literal\n"
        "from regression_model.steps.base import Step\n"
        "class NothingStep(Step):\n"
        "    step: Literal['nothing', 'nought'] = 'nothing'\n"
        "    def build(self, columns, context):\n"
        "        return 'passthrough'\n"
    )
    (tmp_path / "nothing.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    found = find_alternatives(package, Step, "step")
    assert found["nothing"] is found["nought"]
    assert found["nothing"]().step == "nothing"
    assert set(found) - set(step_kinds()) == {"nothing", "nought"}


def test_an_imported_class_is_not_taken_for_the_module_s_own(tmp_path, monkeypatch):
    source = "from regression_model.steps.log import LogStep as AnotherName\n"
    (tmp_path / "borrower.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(package, "__path__", [str(tmp_path)])
    assert find_alternatives(package, Step, "step") == {}


@pytest.mark.parametrize("kind", step_kinds())
def test_the_name_can_be_left_out_but_not_changed(kind):
    field = step_kinds()[kind].model_fields["step"]
    assert field.default == kind
    assert field.annotation == Literal[kind]
