from __future__ import annotations

import pytest

from regression_model.config import parse_config
from regression_model.config.sweep import ParameterConfig
from regression_model.errors import ConfigError
from regression_model.sweep.parameters import apply_changes, build_changes, check_parameters, draw_value


@pytest.fixture
def config(sweep_text):
    return parse_config(sweep_text)


@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        ({"choice": ("a", "b", "c", "d")}, ["a", "c", "d"]),
        ({"uniform": (2, 4)}, [2, 3, pytest.approx(4)]),
        ({"loguniform": (0.01, 1)}, [0.01, 0.1, pytest.approx(1)]),
        ({"quniform": (0, 10, 4)}, [0, 4, 8]),
        ({"quniform": (0.5, 1.5, 0.25)}, [0.5, 1, 1.5]),
        ({"randint": (3, 6)}, [3, 4, 5]),
        ({"normal": (1, 2)}, [pytest.approx(1 - 2 * 7.03, abs=0.01), 1, pytest.approx(1 + 2 * 7.03, abs=0.01)]),
    ],
)
def test_shares_of_a_distribution(parameter, values):
    found = [draw_value(ParameterConfig(**parameter), share) for share in (0.0, 0.5, 1 - 1e-12)]
    assert found == values


def test_whole_multiples_are_integers():
    assert isinstance(draw_value(ParameterConfig(quniform=(2, 10, 2)), 0.3), int)


def test_an_assignment_changes_the_sections_that_it_names(config):
    changes = build_changes(config, {"hidden_layers.1": 6, "epochs": 9})
    assert list(changes) == ["model"]
    changed = apply_changes(config, changes)
    assert (changed.model.hidden_layers, changed.model.epochs) == ((8, 6), 9)
    changes = build_changes(config, {"target.transform": "log", "preprocessing.0.columns": ["distance", "area"]})
    changed = apply_changes(config, changes)
    assert changed.target.transform == "log"
    assert changed.target.column == "price"
    assert len(changed.plan().steps[0].columns) == 2
    assert changed.model == config.model


def test_whole_lists_can_be_chosen(config):
    changes = build_changes(config, {"hidden_layers": (16, 8, 4)})
    assert apply_changes(config, changes).model.hidden_layers == (16, 8, 4)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hidden_layers.2", r"'model.hidden_layers' has 2 entries, numbered from 0; there is no '2'"),
        ("hidden_layers.first", r"there is no 'first'"),
        ("epochs.0", r"'model.epochs' is a single value and has no '0'"),
        ("steps.alpha", r"the configuration has no 'model.steps'"),
        ("preprocessing.3.columns", r"'preprocessing' has 1 entries"),
    ],
)
def test_a_parameter_without_a_place_is_refused(config, name, message):
    with pytest.raises(ConfigError, match=message) as caught:
        build_changes(config, {name: 1})
    assert caught.value.key == f"sweep.parameters.{name}"


@pytest.mark.parametrize(
    ("name", "parameter", "message"),
    [
        ("learning_rat", {"choice": (1,)}, "learning_rat = 1 is no configuration: unknown key.*'learning_rate'"),
        ("epochs", {"choice": (5, 0)}, "epochs = 0 is no configuration"),
        ("epochs", {"uniform": (1, 5)}, r"epochs = 4\.99.* is no configuration"),
        ("alpha", {"uniform": (-1, 1)}, r"alpha = -1\.0 is no configuration"),
        ("activation", {"choice": ("relu", "gelu")}, "activation = 'gelu'"),
    ],
)
def test_values_that_no_run_could_have_are_refused_before_anything_runs(config, name, parameter, message):
    with pytest.raises(ConfigError, match=message) as caught:
        check_parameters(config, {"batch_size": ParameterConfig(choice=(16, 32)), name: ParameterConfig(**parameter)})
    assert caught.value.key == f"sweep.parameters.{name}"
