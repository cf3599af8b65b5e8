from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Lasso

from regression_model.config import load_config, parse_config, shipped_configs
from regression_model.errors import ConfigError
from regression_model.pipeline import build_pipeline

TEXT = """\
pipeline_name: test
task: regression
data:
  name: houses
target:
  column: price
  transform: log
features:
  number: [area, age]
preprocessing:
  - step: impute_number
    columns: number
  - step: impute_category
    columns: category
model:
  family: lasso
"""


@pytest.mark.parametrize("name", sorted(shipped_configs()))
def test_the_same_config_gives_the_same_pipeline_without_any_data(name):
    config = load_config(name)

    assert pickle.dumps(build_pipeline(config)) == pickle.dumps(build_pipeline(config))


def test_steps_without_columns_are_left_out_and_the_model_is_last():
    pipeline = build_pipeline(parse_config(TEXT))

    assert [name for name, _ in pipeline.steps] == ["01_impute_number", "model"]


def test_the_target_transform_lives_in_the_model():
    model = build_pipeline(parse_config(TEXT)).named_steps["model"]

    assert isinstance(model, TransformedTargetRegressor)
    assert (model.func, model.inverse_func) == (np.log, np.exp)
    assert isinstance(build_pipeline(parse_config(TEXT.replace("log", "none"))).named_steps["model"], Lasso)


def test_a_lookup_without_its_table_is_refused():
    text = TEXT.replace(
        "preprocessing:\n",
        "preprocessing:\n  - step: lookup\n    table: towns\n    key: [area]\n    values: [people]\n",
    )

    with pytest.raises(ConfigError, match="towns"):
        build_pipeline(parse_config(text))
