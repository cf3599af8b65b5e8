from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from regression_model.config import load_config, parse_config
from regression_model.config.sweep import ParameterConfig, SweepConfig
from regression_model.errors import ConfigError

ONE = {"epochs": {"choice": ["5", "10"]}}


def test_texts_of_the_file_become_numbers():
    assert ParameterConfig(choice=["25", "0.5", "relu", ["64", "32"]]).choice == (25, 0.5, "relu", (64, 32))
    assert ParameterConfig(randint="5").randint == (0, 5)
    assert SweepConfig(parameters=ONE, goal="minimise", max_duration_minutes="none", policy="").goal == "minimize"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "give exactly one of choice, uniform, .*, not none"),
        ({"uniform": ["0", "1"], "randint": "3"}, "not uniform and randint"),
        ({"choice": []}, "at least 1 item"),
        ({"uniform": ["1", "1"]}, "lower bound 1 has to be below the upper bound 1"),
        ({"loguniform": ["-3", "-1"]}, "have to be above 0, not -3; they are bounds of the number"),
        ({"quniform": ["0", "1", "0"]}, "step of 'quniform' has to be above 0"),
        ({"normal": ["0", "-1"]}, "deviation of 'normal' has to be above 0"),
        ({"randint": ["5", "2"]}, "lower bound 5 has to be below the upper bound 2"),
        ({"lognormal": ["0", "1"]}, "unknown key"),
    ],
)
def test_a_parameter_has_one_distribution_that_makes_sense(given, message):
    with pytest.raises(ValidationError, match=message):
        ParameterConfig.model_validate(given)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"type": "bandit"}, "give exactly one of 'slack_factor' and 'slack_amount'"),
        ({"type": "bandit", "slack_factor": "0", "slack_amount": "0"}, "give exactly one of"),
        ({"type": "bandit", "slack_factor": "-0.1"}, "greater than or equal to 0"),
        ({"type": "truncation", "truncation_percentage": "0"}, "greater than or equal to 1"),
        ({"type": "truncation", "truncation_percentage": "100"}, "less than or equal to 99"),
        ({"type": "median_stopping", "evaluation_interval": "0"}, "greater than or equal to 1"),
        ({"type": "hyperband"}, "hyperband"),
    ],
)
def test_policies_are_checked(policy, message):
    with pytest.raises(ValidationError, match=message):
        SweepConfig.model_validate({"parameters": ONE, "policy": policy})


def test_no_slack_counts_as_given():
    settings = SweepConfig.model_validate({"parameters": ONE, "policy": {"type": "bandit", "slack_factor": "0"}})
    assert settings.policy.slack_factor == 0


@pytest.mark.parametrize(
    ("changes", "key", "message"),
    [
        (
            {"sampling": "grid", "parameters": {**ONE, "alpha": {"uniform": ["0", "1"]}}},
            "sweep.parameters.alpha",
            "takes only 'choice', not 'uniform'",
        ),
        ({"sampling": "tpe", "policy": {"type": "median_stopping"}}, "sweep.policy", "learns from complete results"),
    ],
)
def test_samplings_that_do_not_go_with_the_rest(changes, key, message):
    with pytest.raises(ConfigError, match=message) as caught:
        SweepConfig.model_validate({"parameters": ONE, **changes})
    assert caught.value.key == key


def test_tpe_takes_a_policy_if_one_insists():
    given: dict[str, Any] = {"sampling": "tpe", "policy": {"type": "median_stopping"}, "allow_policy": "true"}
    assert SweepConfig.model_validate({"parameters": ONE, **given}).allow_policy


@pytest.mark.parametrize("name", ["california_housing_sweep", "california_housing_sweep_wide"])
def test_shipped_sweeps_are_as_documented(name):
    config = load_config(name)
    assert config.model.family == "mlp"
    assert (config.sweep.max_total_runs, config.sweep.max_concurrent_runs) == (8, 4)
    assert (config.sweep.policy.slack_factor, config.sweep.policy.evaluation_interval) == (0.1, 2)
    assert "sweep" not in config.model_dump(), "how a model was found is no part of it"


def test_the_section_is_located_in_the_file():
    from regression_model.config import shipped_configs

    text = shipped_configs()["california_housing_sweep"].read_text(encoding="utf-8")
    with pytest.raises(ConfigError, match="sweep.policy.slack_factor") as caught:
        parse_config(text.replace("slack_factor: 0.1", "slack_factor: -1"))
    assert text.splitlines()[caught.value.line - 1].strip() == "slack_factor: 0.1"
