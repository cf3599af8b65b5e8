import dataclasses
import json

import numpy as np
import pytest

from regression_model.config import load_config
from regression_model.processing.datasets import load_dataset
from regression_model.processing.training_table import build_training_table
from regression_model.search.guardrails import check_guardrails, columns_left_out
from regression_model.train_pipeline.splitting import split_table

RNG = np.random.default_rng(7)
N = 200


def test_all_is_found_at_once_and_can_be_recorded(make_table):
    number = RNG.normal(size=N)
    config, split = make_table({"number": {"a": number, "copy": number}, "integer": {"row": np.arange(N)}}, number**2)
    found = check_guardrails(split, config)
    assert {item.name for item in found} >= {"skewed_target", "identifier_columns", "duplicated_columns"}
    assert set(columns_left_out(found)) == {"row", "copy"}
    assert json.loads(json.dumps([item.to_json() for item in found]))[0]["name"] == found[0].name


def test_what_is_found_does_not_depend_on_the_held_out_target(make_table):
    config, split = make_table({"number": {"a": RNG.normal(size=N)}}, RNG.normal(size=N))
    assert check_guardrails(dataclasses.replace(split, test_target=None), config) == check_guardrails(split, config)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("california_housing", {"missing_only_later", "capped_target"}), ("bank_marketing", {"class_imbalance"})],
)
def test_real_tables_have_their_known_traps(real_data, name, expected):
    config = load_config(name)
    dataset = load_dataset(config, path=real_data(f"{name}.csv"))
    found = check_guardrails(split_table(build_training_table(dataset.frame, config), config), config)
    warnings = {item.name for item in found if item.severity == "warning"}
    assert warnings == expected
    assert columns_left_out(found) == {}
