from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.config import parse_config
from regression_model.errors import DataError, TrainingError
from regression_model.processing.training_table import build_training_table
from regression_model.train_pipeline.splitting import split_folds, split_table

TEXT = """\
pipeline_name: houses
task: {task}
seed: 1
data:
  name: houses
target:
  column: price
features:
  number: area
model:
  family: random_forest
evaluation:
  holdout_fraction: {fraction}
  folds: 4
  groups: street
"""


def build(task="regression", fraction="0.2", **changes):
    generator = np.random.default_rng(0)
    street = generator.integers(0, 40, 400)
    area = generator.normal(size=400) + street
    price = area if task == "regression" else np.where(area > 25, "high", "low")
    raw = pd.DataFrame({"area": area, "street": [f"s{number}" for number in street], "price": price}).assign(**changes)
    config = parse_config(TEXT.format(task=task, fraction=fraction))
    return build_training_table(raw, config), config, raw


@pytest.mark.parametrize("task", ["regression", "classification"])
@pytest.mark.parametrize("fraction", ["0.1", "0.25", "0.7"])
def test_no_group_is_on_both_sides_of_the_holdout(task, fraction):
    table, config, raw = build(task, fraction)
    split, again = split_table(table, config), split_table(table, config)
    street = raw.set_index("area")["street"]
    train, test = set(street[split.train["area"]]), set(street[split.test["area"]])
    assert not train & test
    assert len(split.test) == pytest.approx(400 * float(fraction), rel=0.35)
    assert split.train_groups.tolist() == street[split.train["area"]].tolist()
    pd.testing.assert_frame_equal(split.test, again.test)
    if task == "classification":
        shares = [np.mean(part == "high") for part in (split.train_target, split.test_target)]
        assert shares[0] == pytest.approx(shares[1], abs=0.15)


@pytest.mark.parametrize(("fraction", "share"), [("0.2", 1 / 5), ("0.3", 1 / 3), ("0.4", 1 / 3), ("0.7", 3 / 4)])
def test_so_many_parts_that_one_is_nearest_to_the_fraction(fraction, share):
    table, config, _ = build(fraction=fraction, street=[f"s{number}" for number in range(60)] * 6 + ["s60"] * 40)
    assert len(split_table(table, config).test) == pytest.approx(400 * share, abs=40)


def test_no_group_is_in_two_folds_and_each_row_is_tested_once():
    table, config, raw = build()
    street = raw.set_index("area")["street"]
    tested = []
    for fold in split_folds(table, config):
        assert not set(street[fold.train["area"]]) & set(street[fold.test["area"]])
        tested += fold.test["area"].tolist()
    assert sorted(tested) == sorted(raw["area"])


def test_a_row_without_group_is_one_of_its_own():
    table, _, _ = build(street=["a"] * 200 + [None] * 200)
    assert table.groups.nunique() == 201


def test_groups_that_can_not_be_dealt_out():
    with pytest.raises(DataError, match="all rows are of one group of 'street'"):
        build(street="a")
    table, config, _ = build(street=["a", "b"] * 200)
    with pytest.raises(TrainingError, match="2 groups of 'evaluation.groups: street' can't be dealt out to 5 parts"):
        split_table(table, config)


def test_a_table_without_the_column_can_be_predicted_but_not_split():
    _, config, raw = build()
    table = build_training_table(raw.drop(columns="street"), config)
    assert table.groups is None
    with pytest.raises(TrainingError, match="the table has no column 'street', which 'evaluation.groups' names"):
        split_table(table, config)
