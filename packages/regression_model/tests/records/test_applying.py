from __future__ import annotations

import pytest

from regression_model.config import load_config
from regression_model.errors import ConfigError
from regression_model.records.applying import apply_changes


@pytest.fixture(scope="module")
def config():
    return load_config("california_housing")


def test_nothing_changed_is_the_same_configuration(config):
    assert apply_changes(config, {}) == config
    assert apply_changes(config, {}).file == config.file


def test_sections_are_replaced_and_the_rest_stays(config):
    changes = {"target": {"transform": "log"}, "preprocessing": [], "model": {"family": "hist_gradient_boosting"}}
    found = apply_changes(config, {**changes, "preprocessing": [{"step": "drop", "columns": ["ocean_proximity"]}]})
    assert found.target.transform == "log"
    assert found.target.unit == config.target.unit
    assert [step.step for step in found.preprocessing] == ["drop"]
    assert found.model == type(config.model)(family="hist_gradient_boosting"), (
        "the other hyperparameters are the defaults"
    )
    assert found.features == config.features
    assert apply_changes(config, {"model": changes["model"]}).preprocessing == config.preprocessing


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": 3}, "only target, preprocessing, model may change, found seed"),
        ({"model": {"family": "lasso", "alhpa": 1.0}}, "model.*: unknown key"),
        ({"model": {"family": "logistic_regression"}}, "can't do regression"),
        ({"preprocessing": []}, "is still a category"),
    ],
)
def test_what_makes_no_configuration_is_refused(config, changes, message):
    with pytest.raises(ConfigError, match=message):
        apply_changes(config, changes)
