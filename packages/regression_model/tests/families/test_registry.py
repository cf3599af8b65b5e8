from __future__ import annotations

from typing import Literal

import pytest

from regression_model.families.base import Family
from regression_model.families.registry import model_families


def test_families_are_sorted_and_the_base_class_is_none():
    families = model_families()
    assert list(families) == sorted(families)
    assert Family not in families.values()
    assert {"lasso", "random_forest", "logistic_regression"} <= set(families)


@pytest.mark.parametrize("name", model_families())
def test_the_name_can_be_left_out_but_not_changed(name):
    field = model_families()[name].model_fields["family"]
    assert field.default == name
    assert field.annotation == Literal[name]


def test_each_task_has_families():
    for task in ("regression", "classification"):
        assert [name for name, family in model_families().items() if task in family.tasks]
